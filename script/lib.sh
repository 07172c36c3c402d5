# Shared by the scripts of this folder; sourced, not run.
# Installs what is missing on a bare Debian 12, builds, and says what it does.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
export DEBIAN_FRONTEND=noninteractive

# What building and serving needs. docs/dependencies.md says why each is there.
BUILD_PACKAGES=(
    gcc libc6-dev meson ninja-build pkg-config python3 gettext git ca-certificates
    libmicrohttpd-dev libsqlite3-dev libpq-dev libssl-dev libsodium-dev libcurl4-openssl-dev
    libcjose-dev libjansson-dev libcairo2-dev libpango1.0-dev libqrencode-dev libutf8proc-dev
    zlib1g-dev libexpat1-dev libzip-dev libseccomp-dev fonttools python3-brotli fontconfig
    fonts-liberation2
)
# What the tests need besides.
TEST_PACKAGES=(
    clang clang-format libclang-rt-14-dev libcmocka-dev libicu-dev postgresql-15 postgresql-client-15
    chromium poppler-utils qpdf zbar-tools libxml2-utils glewlwyd clamav-daemon curl jq oathtool
    sqlite3 fakeroot dpkg-dev man-db libarchive-tools
)
BENCH_PACKAGES=(nginx-light wrk)

say() { printf '\033[1m› %s\033[0m\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo -E "$@"
    else
        say "Run this as root, or install sudo: it has to install Debian packages."
        exit 1
    fi
}

# Installs those of "$@" that are not there yet; silent and quick when nothing is missing.
ensure_packages() {
    local missing=()
    mapfile -t missing < <(
        comm -23 <(printf '%s\n' "$@" | sort -u) \
            <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null |
                awk '$2 == "installed" { print $1 }' | sort -u))
    [ "${#missing[@]}" -eq 0 ] && return
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    # Packages that bring a daemon must not start it: tests start their own.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
        as_root chmod +x /usr/sbin/policy-rc.d
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Node comes from wherever it is already; Debian's own where there is none.
ensure_npm() {
    command -v npm >/dev/null || ensure_packages nodejs npm
    local stamp=node_modules/.stamp
    if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
        say "Fetching the font and the browser-test tools from npm"
        npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
        touch "$stamp"
    fi
}

# build DIR [meson options]
build() {
    local dir=$1
    shift
    [ -e "$dir/build.ninja" ] || { say "Configuring $dir"; meson setup "$dir" "$@" >/dev/null; }
    say "Building $dir"
    local log=$dir/build.log
    ninja -C "$dir" >"$log" 2>&1 || { tail -n 60 "$log" >&2; return 1; }
    tail -n 1 "$log" >&2
}
