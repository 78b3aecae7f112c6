# Sourced by the scripts beside it; not run on its own.

# Prints the code name of the Debian release this machine runs, or fails.
debian_codename() {
  [ -r /etc/os-release ] || return 1
  (
    # shellcheck source=/dev/null
    . /etc/os-release
    [ "${ID:-}" = debian ] && [ -n "${VERSION_CODENAME:-}" ] && printf '%s\n' "$VERSION_CODENAME"
  )
}

# Prints "URI KEYRING" of the first archive that the machine's own apt uses for release $1 (KEYRING is - when apt's
# default keys are used). Whoever set the machine up chose that mirror; it is the only one known to be reachable.
apt_archive() {
  for apt_list in /etc/apt/sources.list.d/*.sources; do
    [ -r "$apt_list" ] || continue
    awk -v release="$1" '
      function flush() {
        if (suite && deb && enabled && uri != "") { print uri, key; found = 1; exit }
        suite = 0; deb = 0; enabled = 1; uri = ""; key = "-"; field = ""
      }
      BEGIN { enabled = 1; key = "-" }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      /^[^ \t]/ { field = tolower($1); $1 = ""; }
      {
        for (i = 1; i <= NF; i++) {
          if ($i == "") continue
          if (field == "types:" && $i == "deb") deb = 1
          if (field == "suites:" && $i == release) suite = 1
          if (field == "uris:" && uri == "") uri = $i
          if (field == "enabled:" && tolower($i) == "no") enabled = 0
          if (field == "signed-by:" && $i ~ /^\//) key = $i
        }
      }
      END { if (!found) flush() }
    ' "$apt_list"
  done | head -n 1 | grep . && return 0

  for apt_list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$apt_list" ] || continue
    awk -v release="$1" '
      $1 != "deb" { next }
      {
        key = "-"; i = 2
        if ($2 ~ /^\[/) {
          while (i <= NF) {
            word = $i; gsub(/[][]/, "", word)
            if (word ~ /^signed-by=\//) key = substr(word, 11)
            if ($i ~ /\]$/) { i++; break }
            i++
          }
        }
        if ($(i + 1) == release) { print $i, key; exit }
      }
    ' "$apt_list"
  done | head -n 1 | grep .
}

# True when package $1 is installed completely.
have_package() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs the packages named, without questions.
install_packages() {
  DEBIAN_FRONTEND=noninteractive timeout -k 10 900 apt-get install -y -qq --no-install-recommends "$@" >&2
}

# Installs the packages named without starting the services that they bring: ours lie in folders of their own.
install_without_services() {
  policy=/usr/sbin/policy-rc.d
  made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made=yes
  fi
  status=0
  install_packages "$@" || status=$?
  [ -z "$made" ] || rm -f "$policy"
  return "$status"
}
