# shellcheck shell=sh
# shellcheck disable=SC2154,SC2016  # variables of run; what is in single quotes is for other shells
# Sourced by run: scheduler.sh as a process that stays, on a clock that the test moves.

# A date that reads the clock from a file and a sleep that moves it on by what the next line of a file says.
stub_clock() {
  clock=$base/clock
  mkdir -p "$clock"
  real_date=$(PATH=$tools command -v date)
  real_sleep=$(PATH=$tools command -v sleep)
  cat >"$clock/date" <<SH
#!$base/bin/sh
case \$* in
  +%s) cat "$clock/now" ;;
  *) exec "$real_date" "\$@" ;;
esac
SH
  # A line is a number of seconds, "asked" (what the caller wanted), or "end".
  cat >"$clock/sleep" <<SH
#!$base/bin/sh
read -r step rest <"$clock/steps"
sed 1d "$clock/steps" >"$clock/steps.new" && mv "$clock/steps.new" "$clock/steps"
echo "\$1" >>"$clock/asked"
# Wake commands are given real time to end.
"$real_sleep" 0.2
case \$step in
  end) kill -TERM "\$PPID"; exec "$real_sleep" 30 ;;
  asked) step=\$1 ;;
esac
now=\$(cat "$clock/now")
echo "\$((now + step))" >"$clock/now"
SH
  chmod 0755 "$clock/date" "$clock/sleep"
}

# on_clock START STEP...: runs the scheduler from START along the steps; logs go to $out and $err.
on_clock() {
  echo "$1" >"$clock/now"
  shift
  printf '%s\n' "$@" end >"$clock/steps"
  rm -f "$clock/asked"
  env PATH="$clock:$tools" CLAW_SCHEDULE="$base/tmp/schedule" WAKE_CMD="${wake:-true}" \
    timeout -k 1 60 "$home/scheduler.sh" >"$out" 2>"$err"
}

fired() {
  sed -n 's/.* fired at 2026-01-01T\(..:..\):00Z/\1/p' "$out" | tr '\n' ' ' | sed 's/ $//'
}

test_clock() {
  out=$base/tmp/out
  err=$base/tmp/err
  stub_clock
  entry '* * * * *' and - - hello >"$base/tmp/schedule"

  # 1767225600 is 2026-01-01T00:00:00Z.
  on_clock 1767225630 asked asked asked
  same "TERM ends it: status" 143 "$?"
  same "it fires once a minute, from the next one on" "00:01 00:02 00:03" "$(fired)"
  same "it sleeps to the minute's end" "30 60 60 60" "$(tr '\n' ' ' <"$clock/asked" | sed 's/ $//')"
  same "nothing to complain of" "" "$(cat "$err")"

  on_clock 1767225630 20 asked asked
  same "an early wake-up does not fire" "00:01 00:02" "$(fired)"

  on_clock 1767225630 89 asked asked
  same "a late wake-up fires for its minute, and not again" "00:01 00:02 00:03" "$(fired)"

  i=0
  while [ "$i" -lt 60 ]; do
    entry "$i * * * *" and - "m$i" hello
    i=$((i + 1))
  done >"$base/tmp/schedule"
  on_clock 1767225630 190
  same "missed minutes are made good" "00:01 00:02 00:03" "$(fired)"
  same "missed minutes are told" "claw: invoke: 2 minutes passed unseen, making them good" "$(cat "$err")"
  on_clock 1767225630 3000
  same "at most five missed minutes are made good" "00:45 00:46 00:47 00:48 00:49 00:50" "$(fired)"
  has "a long gap is told" "49 minutes passed unseen, making good the last 5" "$(cat "$err")"

  on_clock 1767225630 asked asked -60 asked asked
  same "a clock set back a little fires no minute twice" "00:01 00:02 00:03" "$(fired)"

  on_clock 1767240000 asked -12000 asked
  same "a clock set back far is followed" "04:01 00:42" "$(fired)"
  has "a clock set back far is told" "the clock was set back by" "$(cat "$err")"

  # An entry that is still at work is left alone; the others go on.
  {
    entry '* * * * *' and - slow hello
    entry '* * * * *' and - quick hello
  } >"$base/tmp/schedule"
  wake='if [ "$CLAW_INVOKE_NAME" = slow ]; then exec '"$real_sleep"' 1; fi' on_clock 1767225630 asked asked
  same "an entry still running is skipped" "slow quick quick" \
    "$(sed -n 's/^claw: invoke [0-9]* \([a-z]*\) fired.*/\1/p' "$out" | tr '\n' ' ' | sed 's/ $//')"
  same "skipping is told" "claw: invoke 0 slow: skipped, still running since it fired last" "$(cat "$err")"

  # With the real clock: TERM ends it at once and leaves no sleep behind.
  PATH=$tools CLAW_SCHEDULE=$base/tmp/schedule WAKE_CMD=true "$home/scheduler.sh" >"$out" 2>"$err" &
  pid=$!
  eventually "it sleeps" test -n "$(sleep 0.3; cat "/proc/$pid/task/$pid/children" 2>/dev/null)"
  child=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
  kill -TERM "$pid"
  wait "$pid"
  same "TERM: status" 143 "$?"
  eventually "TERM: its sleep is gone" gone "${child% }"
}
