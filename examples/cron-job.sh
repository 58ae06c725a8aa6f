#!/usr/bin/env bash
# A check that cron runs every few minutes on many hosts: one ticket a host and mount, however often it fails.
# Machines write to a bare desk: no worktree has to come along.
set -euo pipefail

git-desk init --bare desk.git
export GIT_DESK_REPO=$PWD/desk.git

report() {
    df -P "$1" | git-desk open "$1 at $2% on $(uname -n)" --key "disk/$(uname -n)$1" --priority p2 --tag disk \
        --channel monitor --field used_pct="$2" -F -
}

first=$(report / 91)
again=$(report / 93)
[ "$first" = "$again" ]

# The second failure was counted on the same ticket.
git-desk show "$first" --json --fields title,occurrences
git-desk list 'key~disk/ field.used_pct:90..'
