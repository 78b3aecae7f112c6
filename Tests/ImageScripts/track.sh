# shellcheck shell=sh
# shellcheck disable=SC2154,SC2016  # variables of run; what is in single quotes is for other shells
# Sourced by run: what track.sh does, around package managers of the tests' own.

# real NAME: a package manager from stdin, where PATH finds it after the wrapper.
real() {
  {
    echo "#!$base/bin/sh"
    cat
  } >"$base/real/$1"
  chmod 0755 "$base/real/$1"
}

# tracked NAME ARGUMENT...
tracked() {
  PATH=$home/track/bin:$base/real:$tools CLAW_TRACK_LOG=$log CLAW_INSTANCE=desk-1 "$@"
}

field() { tail -n 1 "$log" | PATH=$system_path jq -c "$1"; }

test_track() {
  log=$base/tmp/log.jsonl
  out=$base/tmp/out
  err=$base/tmp/err
  mkdir -p "$base/real"
  for name in apt apt-get pip pip3 npm; do cp "$home/track.sh" "$home/track/bin/$name"; done
  cp "$home/track.sh" "$home/track/bin/brew"

  cat >"$base/tmp/apt" <<'SH'
for word in "$@"; do printf '<%s>' "$word"; done
echo
cat
echo complaint >&2
exit "${STATUS:-0}"
SH
  real apt-get <"$base/tmp/apt"
  real apt <"$base/tmp/apt"
  real dpkg-query <<'SH'
for word in "$@"; do last=$word; done
case $last in
  curl) echo "installed 7.88.1-10+deb12u5" ;;
  jq) echo "installed 1.6-2.1" ;;
  gone) echo "config-files 1.0" ;;
  *) exit 1 ;;
esac
SH

  # The tool notices nothing.
  echo input | tracked apt-get install -y 'a b' '' '$(id)' >"$out" 2>"$err"
  same "status" 0 "$?"
  same "arguments and stdin reach the tool" '<install><-y><a b><><$(id)> input' "$(tr '\n' ' ' <"$out" | sed 's/ $//')"
  same "stderr is the tool's" complaint "$(cat "$err")"
  STATUS=100 tracked apt-get update </dev/null >/dev/null 2>&1
  same "the tool's status is kept" 100 "$?"
  same "the record has the status" 100 "$(field .exit)"
  same "one line each" 2 "$(wc -l <"$log" | tr -d ' ')"

  # The record.
  (cd "$base/real" && tracked apt-get install -y -t trixie curl=7.88 jq/stable gone nothing -o A::B=c) </dev/null >/dev/null 2>&1
  same "keys" '["ts","instance","manager","argv","packages","cwd","exit"]' "$(field keys_unsorted)"
  same "argv" '["apt-get","install","-y","-t","trixie","curl=7.88","jq/stable","gone","nothing","-o","A::B=c"]' "$(field .argv)"
  same "packages with the versions that are installed" \
    '[{"name":"curl","version":"7.88.1-10+deb12u5"},{"name":"jq","version":"1.6-2.1"}]' "$(field .packages)"
  same "manager and instance" '["apt","desk-1"]' "$(field '[.manager,.instance]')"
  same "working directory" "\"$(cd "$base/real" && pwd -P)\"" "$(field .cwd)"
  same "time" true "$(field '.ts | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")')"
  tracked apt install curl </dev/null >/dev/null 2>&1
  same "apt is apt" '["apt","apt"]' "$(field '[.manager,.argv[0]]')"
  tracked apt-get remove curl </dev/null >/dev/null 2>&1
  same "no packages without an install verb" '[]' "$(field .packages)"
  STATUS=1 tracked apt-get install curl </dev/null >/dev/null 2>&1
  same "no packages when it failed" '[]' "$(field .packages)"
  tracked apt-get </dev/null >/dev/null 2>&1
  same "no arguments" '[["apt-get"],[]]' "$(field '[.argv,.packages]')"

  # JSON of anything.
  all=$(printf '\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177"\\/end')
  tracked apt-get "$all" </dev/null >/dev/null 2>&1
  same "control characters, quotes and backslashes" "$(printf '%s' "$all" | PATH=$system_path jq -Rsc .)" "$(field '.argv[1]')"
  tracked apt-get "$(printf 'caf\303\251 \360\237\230\201 \342\200\250')" </dev/null >/dev/null 2>&1
  same "UTF-8" "$(printf 'caf\303\251 \360\237\230\201 \342\200\250' | PATH=$system_path jq -Rsc .)" "$(field '.argv[1]')"
  before=$(wc -l <"$log")
  LC_ALL=C.UTF-8 tracked apt-get "$(printf '\377\n\201"\303\n(')" "-n" "%s" '*' </dev/null >/dev/null 2>&1
  same "bytes that are no UTF-8 stay one line" 1 "$(($(wc -l <"$log") - before))"
  same "and JSON" '["-n","%s","*"]' "$(field '.argv[2:]')"
  long=$(PATH=$system_path awk 'BEGIN { for (i = 0; i < 3000; i++) printf "word\"%d ", i }')
  tracked apt-get "$long" </dev/null >/dev/null 2>&1
  same "a long argument" "$(printf '%s' "$long" | PATH=$system_path jq -Rsc .)" "$(field '.argv[1]')"
  odd=$base/tmp/$(printf 'odd "\n dir')
  mkdir -p "$odd"
  (cd "$odd" && tracked apt-get update) </dev/null >/dev/null 2>&1
  same "an odd working directory" "$(printf '%s' "$(cd "$odd" && pwd -P)" | PATH=$system_path jq -Rsc .)" "$(field .cwd)"

  # pip: one question for all names.
  real pip3 <<'SH'
case $1 in
  show)
    shift
    for name in "$@"; do
      case $name in
        tiktoken) printf 'Name: tiktoken\nVersion: 0.7.0\nSummary: Name: x\n---\n' ;;
        Foo_Bar) printf 'Name: Foo-Bar\nVersion: 2.1\nRequires: \n---\n' ;;
        requests) printf 'Name: requests\nVersion: 2.32.3\n' ;;
      esac
    done
    ;;
esac
SH
  cp "$base/real/pip3" "$base/real/pip"
  printf '# c\nrequests>=2 ; python_version > "3"\n-c other\n' >"$base/tmp/requirements.txt"
  tracked pip install -q 'tiktoken[x]>=0.5' --index-url u Foo_Bar==2.1 unknown ./local -r "$base/tmp/requirements.txt"
  same "pip: names and versions" \
    '["pip",[{"name":"tiktoken","version":"0.7.0"},{"name":"Foo-Bar","version":"2.1"},{"name":"requests","version":"2.32.3"}]]' \
    "$(field '[.manager,.packages]')"
  tracked pip3 install /dist/tiktoken-0.7.0-py3-none-any.whl
  same "pip3: a wheel" '[["pip3","install","/dist/tiktoken-0.7.0-py3-none-any.whl"],[{"name":"tiktoken","version":"0.7.0"}]]' "$(field '[.argv,.packages]')"
  tracked pip list
  same "pip list installs nothing" '[]' "$(field .packages)"

  real npm <<'SH'
case $1 in
  ls)
    case " $* " in *' --global '*) root=/usr/lib/node_modules ;; *) root=/project/node_modules ;; esac
    printf '/project\n%s/left:left@1.3.0\n%s/@scope/pkg:@scope/pkg@2.0.1:\n' "$root" "$root"
    ;;
esac
SH
  tracked npm install --save-dev left@^1 @scope/pkg@latest git+https://example.invalid/x ./dir
  same "npm: names and versions" '["npm",[{"name":"left","version":"1.3.0"},{"name":"@scope/pkg","version":"2.0.1"}]]' \
    "$(field '[.manager,.packages]')"
  tracked npm i -g left
  same "npm: global" '[{"name":"left","version":"1.3.0"}]' "$(field .packages)"

  # Finding the real tool.
  ln -s "$home/track/bin" "$base/tmp/link"
  ln -s "$home/track/bin/pip" "$base/tmp/pip"
  before=$(wc -l <"$log")
  PATH=$home/track/bin:$home/track/../track/bin/:$base/tmp/link:$base/tmp:$base/real:$tools CLAW_TRACK_LOG=$log \
    timeout -k 1 10 pip list
  same "other spellings of its directory and links to it are passed over" 1 "$(($(wc -l <"$log") - before))"
  PATH=$base/tmp:$home/track/bin:$base/real:$tools CLAW_TRACK_LOG=$log timeout -k 1 10 pip list
  same "called through a link it works, too" 2 "$(($(wc -l <"$log") - before))"
  # Under dash PATH has the system's tools, and npm may be one of them.
  if [ "$flavour" = busybox ]; then
    PATH=$home/track/bin:$tools CLAW_TRACK_LOG=$log "$home/track/bin/npm" ls >"$out" 2>"$err"
    same "the tool is missing: status" 127 "$?"
    same "the tool is missing: message" "claw: track: npm is not installed" "$(cat "$err")"
  fi
  tracked brew install x >"$out" 2>"$err"
  same "an unknown name" 64 "$?"
  printf '#!%s/bin/sh\necho "$name $status $real $PATH"\n' "$base" >"$base/real/pip"
  path=$home/track/bin:$base/real:$tools
  same "the tool's environment is untouched" "n s r $path" \
    "$(env PATH="$path" CLAW_TRACK_LOG="$log" name=n status=s real=r pip)"

  # A log that cannot be written.
  for unwritable in /dev/null/log.jsonl "$base/tmp" /nowhere/log.jsonl; do
    STATUS=5 PATH=$home/track/bin:$base/real:$tools CLAW_TRACK_LOG=$unwritable apt-get x </dev/null >"$out" 2>"$err"
    same "no log: the tool's status" 5 "$?"
    same "no log: its output" '<x>' "$(cat "$out")"
    same "no log: one warning" "complaint|claw: track: cannot write $unwritable; this run of apt-get is not recorded" \
      "$(tr '\n' '|' <"$err" | sed 's/|$//')"
  done

  # Many at once.
  : >"$log"
  for i in 1 2 3 4 5 6 7 8; do tracked apt-get update "$i" </dev/null >/dev/null 2>&1 & done
  wait
  same "side by side no line is lost or torn" "[1,2,3,4,5,6,7,8]" "$(PATH=$system_path jq -sc '[.[].argv[2] | tonumber] | sort' "$log")"
}
