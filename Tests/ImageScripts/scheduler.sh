# shellcheck shell=sh
# shellcheck disable=SC2154,SC2016  # variables of run; what is in single quotes is for other shells
# Sourced by run: when scheduler.sh fires and what it hands over.

# entry FIELDS RULE ZONE NAME MESSAGE: one line of a schedule; FIELDS are the five of cron, between blanks.
entry() {
  set -f
  # shellcheck disable=SC2086
  printf '%s\t%s\t%s\t%s\t%s\t' $1
  set +f
  printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$5"
}

# once EPOCH [VARIABLE=VALUE...]: one tick; its stdout and stderr go to $out and $err.
once() {
  epoch=$1
  shift
  env PATH="$tools" CLAW_SCHEDULE="$base/tmp/schedule" CLAW_INVOKE_DIR="$base/tmp/spool" "$@" \
    timeout -k 1 20 "$home/scheduler.sh" --once "$epoch" >"$out" 2>"$err"
}

# The message of file $1 as the compiler escapes it.
escape() {
  od -An -v -to1 "$1" | tr -s ' ' '\n' | while read -r byte; do
    case $byte in
      '') ;;
      134) printf '%s' "\\\\" ;;
      012) printf '%s' '\n' ;;
      011) printf '%s' '\t' ;;
      015) printf '%s' '\r' ;;
      0[0-3]? | 177) printf '\\0%s' "$byte" ;;
      *) printf '%b' "\\0$byte" ;;
    esac
  done
}

# message NAME: the bytes of $base/tmp/message must come out of every way of waking as they went in.
message() {
  text=$(escape "$base/tmp/message" && echo .)
  entry '* * * * *' and - - "${text%.}" >"$base/tmp/schedule"
  rm -rf "$base/tmp/stdin" "$base/tmp/env" "$base/tmp/spool"
  once 1767225600 IN="$base/tmp" WAKE_CMD='cat >"$IN/stdin"; printf %s "$CLAW_MESSAGE" >"$IN/env"'
  same_bytes "message on stdin: $1" "$base/tmp/message" "$base/tmp/stdin"
  same_bytes "message in CLAW_MESSAGE: $1" "$base/tmp/message" "$base/tmp/env"
  once 1767225600
  same_bytes "message in the spool: $1" "$base/tmp/message" "$base/tmp/spool/1767225600-0.msg"
}

test_table() {
  while read -r verdict when zone rule minute hour day month weekday; do
    case $verdict in '' | '#'*) continue ;; esac
    entry "$minute $hour $day $month $weekday" "$rule" "$zone" - x >"$base/tmp/schedule"
    once "$(PATH=$system_path date -u -d "$when" +%s)" WAKE_CMD='echo woken'
    case $(cat "$out") in *woken*) got=fires ;; '') got=silent ;; *) got=$(cat "$out") ;; esac
    same "$when $zone $rule $minute $hour $day $month $weekday" "$verdict" "$got"
    same "$when $zone: nothing to complain of" "" "$(cat "$err")"
  done <"$here/schedule.table"
}

test_messages() {
  m=$base/tmp/message
  printf 'sweep the feed' >"$m" && message "plain"
  : >"$m" && message "empty"
  printf '\n\n' >"$m" && message "newlines only"
  printf 'line one\nline two\n\n\n' >"$m" && message "newlines at the end"
  printf '  blanks \t tabs \t ' >"$m" && message "blanks at both ends"
  printf '%s' '100% %s %d %% $(id) `id` ${HOME} $HOME "q" '\''s'\'' ; & | > < * ? ~ ! # \ \n \\n \c \0101 -n -e' >"$m" &&
    message "everything a shell or printf might take for its own"
  printf '%s' '-' >"$m" && message "a dash"
  printf 'caf\303\251 \360\237\230\200 \360\237\230\201 \360\237\246\236 \342\200\250 \302\205 \302\201' >"$m" && message "not ASCII"
  # Every byte that an argument can hold, singly and in an order of no meaning to UTF-8.
  PATH=$system_path awk 'BEGIN { for (i = 1; i < 256; i++) printf "\\%03o", i }' >"$m.octal"
  printf '%b' "$(sed 's/\\/\\0/g' "$m.octal")" >"$m" && message "all bytes"
  i=0
  while [ "$i" -lt 400 ]; do
    printf 'a long message of many words, %s. ' "$i"
    i=$((i + 1))
  done >"$m" && message "14 kB"
}

test_scheduler() {
  out=$base/tmp/out
  err=$base/tmp/err
  test_table
  test_messages

  # What a wake command is told, and which one is taken.
  {
    echo '# minute hour ...'
    echo
    entry '1 * * * *' and - never nothing
    entry '0 * * * *' and UTC digest hello
    entry '0 * * * *' and - - hello
  } >"$base/tmp/schedule"
  once 1767225659 WAKE_CMD='echo "<$CLAW_INVOKE_INDEX> <$CLAW_INVOKE_NAME> <$CLAW_MESSAGE> <$(cat)>"'
  same "index, name and message; entries count from 0, comments do not" \
    '<1> <digest> <hello> <hello>|<2> <> <hello> <hello>|claw: invoke 1 digest fired at 2026-01-01T00:00:00Z|claw: invoke 2 fired at 2026-01-01T00:00:00Z' \
    "$(sort "$out" | tr '\n' '|' | sed 's/|$//')"

  printf '#!%s/bin/sh\necho "script: $CLAW_MESSAGE $(cat)"\n' "$base" >"$home/wake.sh"
  chmod 0755 "$home/wake.sh"
  once 1767225600
  has "wake.sh is run" "script: hello hello" "$(cat "$out")"
  once 1767225600 WAKE_CMD='echo command'
  has "WAKE_CMD goes before wake.sh" command "$(cat "$out")"
  chmod 0644 "$home/wake.sh"
  rm -rf "$base/tmp/spool"
  once 1767225600
  same "a wake.sh that cannot run is passed over for the spool" "1767225600-1.msg 1767225600-2.msg" \
    "$(cd "$base/tmp/spool" && echo *.msg)"
  same "nothing half written stays in the spool" 2 "$(find "$base/tmp/spool" -type f | wc -l | tr -d ' ')"
  rm -rf "$home/wake.sh" "$base/tmp/spool"

  # Failures are told and change nothing else.
  entry '* * * * *' and - broken hello >"$base/tmp/schedule"
  once 1767225600 WAKE_CMD='exit 3'
  same "a failing wake command: the scheduler goes on" 0 "$?"
  same "a failing wake command is reported" "claw: invoke 0 broken: ended with status 3" "$(cat "$err")"
  once 1767225600 CLAW_INVOKE_DIR=/dev/null/spool
  has "a spool that cannot be written is reported" "claw: invoke 0 broken: ended with status" "$(cat "$err")"
  once 1767225600 CLAW_SCHEDULE="$base/tmp/none"
  same "no schedule: status" 66 "$?"
  has "no schedule: message" "cannot read $base/tmp/none" "$(cat "$err")"

  {
    entry '* * * * *' and Nowhere/Town lost hello
    entry '* * * * *' and UTC kept hello
    entry '* * * * *' maybe - odd hello
    entry 'MON * * * *' and - odd hello
    entry '* * * * *' and ../../etc/passwd odd hello
    printf 'short\tline\n'
    # No newline at the end.
    printf '*\t*\t*\t*\t*\tand\t-\tlast\thello'
  } >"$base/tmp/schedule"
  once 1767225600 WAKE_CMD=true
  has "a zone without data is reported" "invoke 0 lost: never fires: the image has no time zone data for Nowhere/Town" "$(cat "$err")"
  same "malformed lines are reported" 4 "$(grep -c 'never fires: line is malformed' "$err")"
  same "the other entries fire" "kept last" "$(sed -n 's/^claw: invoke [0-9]* \([a-z]*\) fired.*/\1/p' "$out" | tr '\n' ' ' | sed 's/ $//')"

  # Names that the script might use itself.
  entry '* * * * *' and - - hello >"$base/tmp/schedule"
  once 1767225600 name=n index=i message=m tz=z TZ=Asia/Tokyo WAKE_CMD='echo "env $name $index $message $tz $TZ"'
  has "the wake command's environment is untouched" "env n i m z Asia/Tokyo" "$(cat "$out")"
}
