#!/usr/bin/env bash
# Morning triage in one commit: what a query finds becomes operations, and `batch` carries them out. Needs jq.
set -euo pipefail

git-desk init helpdesk
cd helpdesk
for n in 1 2 3; do
    git-desk open "mail queue $n is stuck" --priority p1 >/dev/null
done

git-desk list 'is:open priority:p1 is:unassigned' -o jsonl |
    jq -c '{op: "escalate", id, reason: "nobody took it overnight"}' |
    git-desk batch - --atomic --commit-message 'Morning triage'

[ "$(git-desk list queue:l2 --count)" = 3 ]
git log -1 --format='%s'

# And back again.
git-desk undo
[ "$(git-desk list queue:l1 --count)" = 3 ]
