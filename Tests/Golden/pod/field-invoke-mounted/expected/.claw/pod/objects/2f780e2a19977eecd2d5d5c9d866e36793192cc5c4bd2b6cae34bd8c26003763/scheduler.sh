#!/bin/sh
# The clock of INVOKE: a cron that needs no root, no writable root file system and no mail.
#
#   scheduler.sh               runs until SIGTERM
#   scheduler.sh --once EPOCH  does what is due in the minute of EPOCH, waits for it and ends
#
# The schedule (CLAW_SCHEDULE, else the file beside this script) has one entry per line, nine fields between tabs:
#   minute hour day-of-month month day-of-week rule time-zone name message
# Fields of time are * or a list of numbers (Sunday is 0). The rule says how the two day fields combine: "and", or "or"
# as cron has it when both are restricted. The time zone is - for the container's own. The message is escaped for
# printf %b. The compiler wrote all this and has checked it.
#
# A change to or from summer time follows Debian's cron for entries whose hour is not *: what falls into the skipped hour
# is done once when the clock jumps, what falls into the repeated hour is not done again.
#
# Names are prefixed with claw_: assigning to a variable that the container's environment has would change it for the
# wake command.
set -u

claw_home=${0%/*}
claw_schedule=${CLAW_SCHEDULE:-$claw_home/schedule}
claw_zones=${TZDIR:-/usr/share/zoneinfo}
claw_tab=$(printf '\t')
claw_sleeper=

# How far back minutes are made good that passed while the machine slept.
claw_catch_up=5
# A clock that is set back further than this is believed; until then it is waited for.
claw_believed_step=180

claw_error() {
  echo "claw: invoke $1: $2" >&2
}

# The date of epoch $1 in zone $2, in format $3.
claw_date() {
  if [ "$2" = - ]; then
    date -d "@$1" "+$3"
  else
    TZ=$2 date -d "@$1" "+$3"
  fi
}

# Sets claw_offset to the minutes that zone $2 is ahead of UTC at epoch $1.
claw_offset_at() {
  claw_offset=$(claw_date "$1" "$2" %z)
  claw_digits=${claw_offset#?}
  claw_hours=${claw_digits%??}
  claw_minutes=${claw_digits#??}
  claw_digits=$((${claw_hours#0} * 60 + ${claw_minutes#0}))
  case $claw_offset in
    -*) claw_offset=-$claw_digits ;;
    *) claw_offset=$claw_digits ;;
  esac
}

# Says what the clock on the wall of zone $2 shows at epoch $1:
# claw_now      "minute hour day month weekday"
# claw_again    yes when it showed the same a while ago, before it was set back
# claw_skipped  the times that it jumped over to get here, in the form of claw_now but with colons, between blanks
claw_read_clock() {
  claw_again=no
  claw_skipped=
  claw_zone=$2
  claw_now=$(claw_date "$1" "$2" '%M %H %d %m %w')
  claw_offset_at "$1" "$2"
  claw_here=$claw_offset
  claw_offset_at $(($1 - 10800)) "$2"
  claw_before=$claw_offset
  if [ "$claw_before" -gt "$claw_here" ]; then
    claw_offset_at $(($1 - (claw_before - claw_here) * 60)) "$2"
    if [ "$claw_offset" -eq "$claw_before" ]; then claw_again=yes; fi
  elif [ "$claw_before" -lt "$claw_here" ]; then
    claw_offset_at $(($1 - 60)) "$2"
    claw_jump=$((claw_here - claw_offset))
    while [ "$claw_jump" -gt 0 ]; do
      claw_skipped="$claw_skipped $(claw_date $(($1 + (claw_here - claw_jump) * 60)) UTC0 %M:%H:%d:%m:%w)"
      claw_jump=$((claw_jump - 1))
    done
  fi
}

# True when list $1 has number $2, which may have a leading zero.
claw_has() {
  [ "$1" = '*' ] && return 0
  claw_number=${2#0}
  case ,$1, in *,"${claw_number:-0}",*) return 0 ;; esac
  return 1
}

# True when the entry read last names the time given as minute hour day month weekday.
claw_names() {
  claw_has "$claw_f_minute" "$1" && claw_has "$claw_f_hour" "$2" && claw_has "$claw_f_month" "$4" || return 1
  if [ "$claw_rule" = or ]; then
    claw_has "$claw_f_day" "$3" || claw_has "$claw_f_weekday" "$5"
  else
    claw_has "$claw_f_day" "$3" && claw_has "$claw_f_weekday" "$5"
  fi
}

claw_due() {
  if [ "$claw_f_hour" = '*' ]; then
    # shellcheck disable=SC2086  # five numbers
    claw_names $claw_now
    return
  fi
  [ "$claw_again" = yes ] && return 1
  # shellcheck disable=SC2086
  claw_names $claw_now && return 0
  for claw_time in $claw_skipped; do
    IFS=:
    # shellcheck disable=SC2086
    set -- $claw_time
    unset IFS
    claw_names "$@" && return 0
  done
  return 1
}

# True when the entry read last can ever fire; otherwise claw_reason says why not.
claw_usable() {
  claw_reason="line is malformed"
  for claw_field in "$claw_f_minute" "$claw_f_hour" "$claw_f_day" "$claw_f_month" "$claw_f_weekday"; do
    case $claw_field in
      '*') ;;
      '' | *[!0-9,]*) return 1 ;;
    esac
  done
  case $claw_rule in and | or) ;; *) return 1 ;; esac
  [ -n "$claw_name" ] || return 1
  case $claw_tz in
    - | UTC | Etc/UTC) return 0 ;;
    '' | /* | *..*) return 1 ;;
  esac
  claw_reason="the image has no time zone data for $claw_tz ($claw_zones)"
  [ -f "$claw_zones/$claw_tz" ]
}

# Calls $1 for each entry, with its fields in claw_f_* and so on, its number in claw_index, and
# what messages call it in claw_label.
claw_each_entry() {
  claw_index=-1
  while IFS=$claw_tab read -r claw_f_minute claw_f_hour claw_f_day claw_f_month claw_f_weekday claw_rule claw_tz \
    claw_name claw_message || [ -n "$claw_f_minute" ]; do
    case $claw_f_minute in '' | '#'*) continue ;; esac
    claw_index=$((claw_index + 1))
    claw_label=$claw_index
    case $claw_name in '' | -) ;; *) claw_label="$claw_index $claw_name" ;; esac
    "$1"
  done <"$claw_schedule"
}

claw_report_unusable() {
  claw_usable || claw_error "$claw_label" "never fires: $claw_reason"
}

# True when there is nothing to run, so that messages go to files.
claw_spools() {
  [ -z "${WAKE_CMD:-}" ] && [ ! -x "$claw_home/wake.sh" ]
}

# Wakes the runner with the message of the entry read last; runs as a process of its own.
claw_wake() {
  # The point keeps newlines at the end, which a substitution would drop.
  CLAW_MESSAGE=$(printf '%b' "$claw_message" && echo .)
  CLAW_MESSAGE=${CLAW_MESSAGE%.}
  CLAW_INVOKE_INDEX=$claw_index
  CLAW_INVOKE_NAME=${claw_name#-}
  export CLAW_MESSAGE CLAW_INVOKE_INDEX CLAW_INVOKE_NAME
  if [ -n "${WAKE_CMD:-}" ]; then
    printf '%b' "$claw_message" | sh -c "$WAKE_CMD"
  elif ! claw_spools; then
    printf '%b' "$claw_message" | "$claw_home/wake.sh"
  else
    claw_spool=${CLAW_INVOKE_DIR:-/claw/tmp/invoke}
    claw_file=$claw_minute_epoch-$claw_index.msg
    # Whoever watches the directory must never see half a message.
    mkdir -p "$claw_spool" && printf '%b' "$claw_message" >"$claw_spool/.$claw_file" &&
      mv -f "$claw_spool/.$claw_file" "$claw_spool/$claw_file"
  fi
}

claw_wake_and_tell() {
  trap - TERM INT
  claw_status=0
  claw_wake || claw_status=$?
  [ "$claw_status" -eq 0 ] || claw_error "$claw_label" "ended with status $claw_status"
}

claw_fire() {
  eval "claw_job=\${claw_job_$claw_index:-}"
  if [ -n "$claw_job" ]; then
    if kill -0 "$claw_job" 2>/dev/null; then
      claw_error "$claw_label" "skipped, still running since it fired last"
      return
    fi
    # Its end was reported when it came; this only lets the shell forget it.
    wait "$claw_job" 2>/dev/null
  fi
  echo "claw: invoke $claw_label fired at $(date -u -d "@$claw_minute_epoch" +%Y-%m-%dT%H:%M:%SZ)"
  if claw_spools; then
    # Waited for: no firing must be skipped only because the file of the one before is being written.
    (claw_wake_and_tell)
  else
    (claw_wake_and_tell) </dev/null &
    eval "claw_job_$claw_index=\$!"
  fi
}

claw_consider() {
  claw_usable || return
  [ "$claw_tz" = "$claw_zone" ] || claw_read_clock "$claw_minute_epoch" "$claw_tz"
  if claw_due; then claw_fire; fi
}

# Does what is due in the minute that begins at epoch $1.
claw_tick() {
  claw_minute_epoch=$1
  claw_zone=
  claw_each_entry claw_consider
}

claw_end() {
  trap - TERM INT
  [ -z "$claw_sleeper" ] || kill "$claw_sleeper" 2>/dev/null
  exit 143
}

if [ ! -r "$claw_schedule" ]; then
  echo "claw: invoke: cannot read $claw_schedule" >&2
  exit 66
fi

case ${1:-} in
  '') ;;
  --once)
    claw_each_entry claw_report_unusable
    claw_tick $((${2:?EPOCH is missing} / 60 * 60))
    wait
    exit 0
    ;;
  *)
    echo "usage: scheduler.sh [--once EPOCH]" >&2
    exit 64
    ;;
esac

trap claw_end TERM INT
claw_each_entry claw_report_unusable
claw_last=$(($(date +%s) / 60))

while :; do
  # In the background, so that SIGTERM need not wait for the end of the minute.
  sleep $((60 - $(date +%s) % 60)) &
  claw_sleeper=$!
  wait "$claw_sleeper"
  claw_sleeper=

  claw_minute=$(($(date +%s) / 60))
  if [ "$claw_minute" -lt $((claw_last - claw_believed_step)) ]; then
    echo "claw: invoke: the clock was set back by $((claw_last - claw_minute)) minutes" >&2
    claw_last=$claw_minute
  fi
  claw_missed=$((claw_minute - claw_last - 1))
  if [ "$claw_missed" -gt "$claw_catch_up" ]; then
    echo "claw: invoke: $claw_missed minutes passed unseen, making good the last $claw_catch_up" >&2
    claw_last=$((claw_minute - claw_catch_up - 1))
  elif [ "$claw_missed" -gt 0 ]; then
    echo "claw: invoke: $claw_missed minutes passed unseen, making them good" >&2
  fi
  while [ "$claw_last" -lt "$claw_minute" ]; do
    claw_last=$((claw_last + 1))
    claw_tick $((claw_last * 60))
  done
done
