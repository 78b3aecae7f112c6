# shellcheck shell=sh
# shellcheck disable=SC2154,SC2016  # variables of run; what is in single quotes is for other shells
# Sourced by run: what entrypoint.sh does.

configure() {
  {
    echo "#!$base/bin/sh"
    cat
  } >"$home/configure.sh"
  chmod 0755 "$home/configure.sh"
}

test_entrypoint() {
  out=$base/tmp/entry.out
  err=$base/tmp/entry.err

  "$home/entrypoint.sh" >"$out" 2>"$err"
  same "nothing to run: status" 64 "$?"
  has "nothing to run: message" "claw: nothing to run" "$(cat "$err")"

  "$home/entrypoint.sh" printf '<%s>' 'a b' '' '$(id)' '*' >"$out"
  same "arguments arrive as they are" '<a b><><$(id)><*>' "$(cat "$out")"

  "$home/entrypoint.sh" sh -c 'exit 7'
  same "the runner's status is the container's" 7 "$?"

  echo input | "$home/entrypoint.sh" cat >"$out"
  same "the runner gets stdin" input "$(cat "$out")"

  configure <<'SH'
cat
echo configured
SH
  echo input | "$home/entrypoint.sh" sh -c 'echo runner; cat' >"$out"
  same "CONFIGURE runs first and leaves stdin to the runner" "configured runner input" "$(tr '\n' ' ' <"$out" | sed 's/ $//')"

  configure <<'SH'
exit 9
SH
  "$home/entrypoint.sh" echo runner >"$out" 2>"$err"
  same "CONFIGURE fails: status" 9 "$?"
  same "CONFIGURE fails: no runner" "" "$(cat "$out")"
  same "CONFIGURE fails: message" "claw: CONFIGURE failed with status 9" "$(cat "$err")"

  configure <<'SH'
trap 'echo ended >"$OUT"; exit 1' TERM
echo started >"$OUT"
sleep 30 &
wait
SH
  rm -f "$out"
  OUT=$out "$home/entrypoint.sh" echo runner >/dev/null 2>&1 &
  pid=$!
  eventually "CONFIGURE started" test -s "$out"
  kill -TERM "$pid"
  wait "$pid"
  same "TERM during CONFIGURE: status" 143 "$?"
  same "TERM during CONFIGURE: it is passed on" ended "$(cat "$out")"
  rm -f "$home/configure.sh"

  # The runner takes the shell's place: same process, and signals reach it without help.
  rm -f "$out"
  "$home/entrypoint.sh" sh -c 'trap "echo got TERM; exit 3" TERM; echo $$; while :; do sleep 0.05; done' >"$out" &
  pid=$!
  eventually "the runner started" test -s "$out"
  same "the runner has the entrypoint's process id" "$pid" "$(head -n 1 "$out")"
  kill -TERM "$pid"
  wait "$pid"
  same "TERM reaches the runner: status" 3 "$?"
  has "TERM reaches the runner" "got TERM" "$(cat "$out")"

  # A stub in place of the scheduler.
  mv "$home/scheduler.sh" "$base/tmp/scheduler.kept"
  printf '#!%s/bin/sh\necho "ticking $PPID" >"$OUT"\n' "$base" >"$home/scheduler.sh"
  chmod 0755 "$home/scheduler.sh"
  rm -f "$out"
  OUT=$out "$home/entrypoint.sh" sleep 0.3
  if [ -e "$out" ]; then fail "without a schedule no scheduler"; else pass; fi
  : >"$home/schedule"
  OUT=$out "$home/entrypoint.sh" sleep 0.3
  if [ -e "$out" ]; then fail "with an empty schedule no scheduler"; else pass; fi
  echo x >"$home/schedule"
  OUT=$out "$home/entrypoint.sh" sleep 0.3
  has "with a schedule the scheduler runs" ticking "$(cat "$out" 2>/dev/null)"
  got=$(OUT=$out "$home/entrypoint.sh" sh -c 'sleep 0.3; read -r c </proc/$$/task/$$/children; echo "$c"')
  same "the runner has no child it did not start" "" "$got"
  rm -f "$home/schedule" "$home/scheduler.sh"
  mv "$base/tmp/scheduler.kept" "$home/scheduler.sh"

  # Names that the script might use itself.
  got=$(env status=s home=h child=c dir=d "$home/entrypoint.sh" sh -c 'echo "$status $home $child $dir"')
  same "the runner's environment is untouched" "s h c d" "$got"
}
