#!/usr/bin/env bash
# A job that cron runs: one ticket while it fails, however often, and none when it works again.
# Machines write to a bare desk: no worktree has to come along. What a host needs beside it: examples/machines/.
set -euo pipefail

git-desk init --bare desk.git
export GIT_DESK_REPO=$PWD/desk.git

# In the crontab:  15 2 * * *  git-desk run --name backup --priority p2 --mail changes -- backup.sh
job() {
    git-desk run --name backup --priority p2 --mail changes -- "$@"
}

job sh -c 'echo "no space left on /backup" >&2; exit 3' || [ $? = 3 ]
job sh -c 'echo "no space left on /backup" >&2; exit 3' || [ $? = 3 ]

# The second failure was counted on the same ticket.
[ "$(git-desk list is:open --count)" = 1 ]
git-desk list is:open --json=title,occurrences

job true
[ "$(git-desk list is:open --count)" = 0 ]
git-desk list is:resolved --json=title,resolution,solution

# A check of one's own says what it knows: a key, a field, its own words.
df -P / | git-desk event trigger --key "disk-full/$(uname -n)/" --title "/ at 91% on $(uname -n)" --tag disk \
    --field used_pct=91 -F -
git-desk list 'key~disk-full field.used_pct:90..'
