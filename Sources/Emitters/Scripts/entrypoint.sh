#!/bin/sh
# Start of every claw image: CONFIGURE, then the schedule of INVOKE, then the runner in place of this shell.
#
# Names are prefixed with claw_: assigning to a variable that the container's environment has would change it for the
# runner.
set -u

claw_home=${0%/*}

if [ "$#" -eq 0 ]; then
  echo "claw: nothing to run: the image has neither ENTRYPOINT nor CMD, and no command was given" >&2
  exit 64
fi

if [ -e "$claw_home/configure.sh" ]; then
  # In the background, because a shell in the foreground of a child would not see SIGTERM until the child ends, and as
  # process 1 it would not even die of it. Its stdin is /dev/null: what is there belongs to the runner.
  "$claw_home/configure.sh" </dev/null &
  claw_child=$!
  trap 'kill -TERM "$claw_child" 2>/dev/null; wait "$claw_child"; exit 143' TERM INT HUP
  claw_status=0
  wait "$claw_child" || claw_status=$?
  trap - TERM INT HUP
  if [ "$claw_status" -ne 0 ]; then
    echo "claw: CONFIGURE failed with status $claw_status" >&2
    exit "$claw_status"
  fi
fi

if [ -s "$claw_home/schedule" ]; then
  # Started from a subshell that ends at once: the runner gets no child that it did not start.
  # By a shell, because it may be mounted and then is no program.
  (/bin/sh "$claw_home/scheduler.sh" </dev/null &)
fi

exec "$@"
