#!/bin/sh
# TRACK: stands under the name of a package manager (apt, apt-get, pip, pip3, npm) first in PATH, runs the real one and
# writes down what it was asked and what came of it: one JSON line in CLAW_TRACK_LOG, else /claw/track/log.jsonl.
#
# It is a record, not a guard: "python3 -m pip", the real tool's full path and a changed PATH all pass it by.
#
# Names are prefixed with claw_: assigning to a variable that the environment has would change it for the tool.
#
# shellcheck disable=SC2317  # some functions are called by a name in a variable
set -u

claw_name=${0##*/}
claw_self=$(readlink -f -- "$0")
claw_own=${claw_self%/*}
claw_log=${CLAW_TRACK_LOG:-/claw/track/log.jsonl}

case $claw_name in
  apt | apt-get) claw_manager=apt ;;
  pip | pip3) claw_manager=pip ;;
  npm) claw_manager=npm ;;
  *)
    echo "claw: track: no package manager is called $claw_name" >&2
    exit 64
    ;;
esac

# The real tool: the first of this name on PATH that is not one of these wrappers, whatever way the path is written.
claw_real=
claw_saved=${IFS-unset}
IFS=:
set -f
for claw_directory in $PATH; do
  claw_candidate=${claw_directory:-.}/$claw_name
  if [ ! -f "$claw_candidate" ] || [ ! -x "$claw_candidate" ]; then continue; fi
  claw_resolved=$(readlink -f -- "$claw_candidate")
  if [ "$claw_resolved" = "$claw_self" ] || [ "${claw_resolved%/*}" = "$claw_own" ]; then continue; fi
  claw_real=$claw_candidate
  break
done
set +f
if [ "$claw_saved" = unset ]; then unset IFS; else IFS=$claw_saved; fi

if [ -z "$claw_real" ]; then
  echo "claw: track: $claw_name is not installed" >&2
  exit 127
fi

# An interrupted installation is written down, too. The tool itself gets the signal from the terminal as ever.
trap : INT
claw_cwd=$(pwd -P; echo .)
claw_cwd=${claw_cwd%??}
claw_status=0
"$claw_real" "$@" || claw_status=$?

# From here on nothing may disturb the caller: its tool is done.

# Prints $1 as a JSON string. By bytes: patterns depend on the locale, and no input may break the line.
claw_json() {
  printf '"'
  for claw_byte in $(printf '%s' "$1" | od -An -v -to1); do
    case $claw_byte in
      042) printf '\\"' ;;
      134) printf '%s' "\\\\" ;;
      0[0-3]? | 177) printf '\\u%04x' "0$claw_byte" ;;
      *) printf '%b' "\\0$claw_byte" ;;
    esac
  done
  printf '"'
}

# Adds package $1 in version $2 to the list claw_packages.
claw_add() {
  [ -n "$1" ] && [ -n "$2" ] || return 0
  claw_packages="$claw_packages${claw_packages:+,}{\"name\":$(claw_json "$1"),\"version\":$(claw_json "$2")}"
}

# Calls $1 with each word of the command that names a package. $2: the verbs that install, between blanks;
# $3: the options whose value is the next word, between blanks. Further arguments: the command line.
claw_each_named() {
  claw_call=$1
  claw_verbs=$2
  claw_valued=$3
  shift 3
  claw_verb=
  while [ "$#" -gt 0 ]; do
    case $1 in
      -?*)
        # A requirements file names packages, too.
        case $claw_manager$1 in
          pip-r | pip--requirement) claw_read_requirements "${2:-}" ;;
          pip--requirement=*) claw_read_requirements "${1#*=}" ;;
        esac
        case $claw_valued in *" $1 "*) [ "$#" -gt 1 ] && shift ;; esac
        ;;
      *)
        if [ -z "$claw_verb" ]; then
          claw_verb=$1
          case $claw_verbs in *" $1 "*) ;; *) return ;; esac
        else
          "$claw_call" "$1"
        fi
        ;;
    esac
    shift
  done
}

claw_apt() {
  claw_package=${1%%[=/]*}
  case $1 in
    /*.deb | ./*.deb | ../*.deb) claw_package=$(dpkg-deb -f "$1" Package 2>/dev/null </dev/null) ;;
    [!a-z0-9]*) return ;;
  esac
  # shellcheck disable=SC2016  # the fields are dpkg-query's, not the shell's
  claw_found=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' -- "${claw_package%+}" 2>/dev/null </dev/null) || return
  case $claw_found in "installed "*) claw_add "${claw_package%+}" "${claw_found#installed }" ;; esac
}

# Collects the plain names of requirements in claw_wanted, for one question to pip.
claw_pip() {
  case $1 in
    *.whl)
      claw_package=${1##*/}
      claw_package=${claw_package%%-*}
      ;;
    */* | .) return ;;
    *) claw_package=${1%%[!A-Za-z0-9._-]*} ;;
  esac
  [ -z "$claw_package" ] || claw_wanted="$claw_wanted $claw_package"
}

claw_read_requirements() {
  # Only after the verb does -r name requirements of an installation.
  [ "$claw_verb" = install ] && [ -r "$1" ] || return 0
  while read -r claw_requirement || [ -n "$claw_requirement" ]; do
    case $claw_requirement in
      '' | '#'* | -*) ;;
      *) claw_pip "${claw_requirement%%[ ;#]*}" ;;
    esac
  done <"$1"
}

claw_ask_pip() {
  claw_wanted=
  claw_each_named claw_pip ' install ' \
    ' -r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links --root --prefix --src --platform --python-version --implementation --abi --upgrade-strategy --no-binary --only-binary --progress-bar --report --cache-dir --log --proxy --retries --timeout --trusted-host --cert --client-cert --config-settings -C --global-option --python --keyring-provider --use-feature --use-deprecated --exists-action --root-user-action ' \
    "$@"
  [ -n "$claw_wanted" ] || return 0
  claw_package=
  # shellcheck disable=SC2086  # names of packages: letters, digits, points and dashes
  claw_shown=$("$claw_real" show --disable-pip-version-check $claw_wanted 2>/dev/null </dev/null)
  while read -r claw_key claw_value; do
    case $claw_key in
      Name:) claw_package=$claw_value ;;
      Version:)
        claw_add "$claw_package" "$claw_value"
        claw_package=
        ;;
    esac
  done <<SHOWN
$claw_shown
SHOWN
}

claw_npm() {
  case $1 in
    . | .. | ./* | ../* | /* | *:*) return ;;
    @*/*@*) claw_wanted="$claw_wanted ${1%@*}" ;;
    @*) claw_wanted="$claw_wanted $1" ;;
    */*) return ;;
    *) claw_wanted="$claw_wanted ${1%%@*}" ;;
  esac
}

claw_ask_npm() {
  claw_wanted=
  claw_each_named claw_npm ' install i in ins inst insta instal isnt add ' \
    ' -w --workspace --registry --prefix -C --tag --cache --userconfig --loglevel --omit --include ' "$@"
  [ -n "$claw_wanted" ] || return 0
  claw_where=
  case " $* " in *' -g '* | *' --global '* | *' --location=global '*) claw_where=--global ;; esac
  set -f
  # shellcheck disable=SC2086  # names of packages, and no flag or one
  claw_shown=$("$claw_real" ls $claw_where --depth=0 --parseable --long $claw_wanted 2>/dev/null </dev/null)
  set +f
  # path:name@version, and more after another colon
  while IFS=: read -r claw_key claw_value _; do
    case " $claw_wanted " in
      *" ${claw_value%@*} "*) claw_add "${claw_value%@*}" "${claw_value##*@}" ;;
    esac
  done <<SHOWN
$claw_shown
SHOWN
}

claw_argv=
for claw_word in "$claw_name" "$@"; do
  claw_argv="$claw_argv${claw_argv:+,}$(claw_json "$claw_word")"
done

claw_packages=
if [ "$claw_status" -eq 0 ]; then
  case $claw_manager in
    apt)
      claw_each_named claw_apt ' install reinstall ' \
        ' -t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles --solver ' \
        "$@"
      ;;
    pip) claw_ask_pip "$@" ;;
    npm) claw_ask_npm "$@" ;;
  esac
fi

claw_line="{\"ts\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"instance\":$(claw_json "${CLAW_INSTANCE:-}")"
claw_line="$claw_line,\"manager\":\"$claw_manager\",\"argv\":[$claw_argv],\"packages\":[$claw_packages]"
claw_line="$claw_line,\"cwd\":$(claw_json "$claw_cwd"),\"exit\":$claw_status}"
{ printf '%s\n' "$claw_line" >>"$claw_log"; } 2>/dev/null ||
  echo "claw: track: cannot write $claw_log; this run of $claw_name is not recorded" >&2

exit "$claw_status"
