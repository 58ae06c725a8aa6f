#!/usr/bin/env bash
# One ticket from report to closure, and what git made of it. Run it in an empty folder.
set -euo pipefail

git-desk init helpdesk
cd helpdesk

# stdout of `open` is the id and nothing else.
id=$(git-desk open 'Printer "HP-4" prints $blank pages' --requester bob@example.com --channel phone --tag printer \
    -m 'Since Monday; the toner is new.')

git-desk take "$id"
git-desk reply "$id" 'Cleaned the drum, the test page is fine.'
git-desk escalate "$id" -m 'The drum is worn out, needs the vendor.'
git-desk wait "$id" --on vendor --until 3d
git-desk resume "$id"
git-desk close "$id" --resolution fixed -m 'The vendor replaced the drum.'

git-desk show "$id" -o table
git-desk log "$id"

# Each act was one commit, and the ticket is a file.
git --no-pager log --oneline
cat "$(git-desk path "$id")"
