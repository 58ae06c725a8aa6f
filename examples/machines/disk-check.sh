#!/bin/sh
# disk-check.sh [LIMIT]: a ticket for each file system that is fuller than so many per cent (90), resolved when it is not.
# From cron every few minutes: the desk hears of news only, and every check is counted.
set -u
limit=${1:-90} host=${GIT_DESK_HOST:-$(uname -n)}
df -P -l | sed 1d | while read -r _ _ _ _ used mount; do
    used=${used%\%} key=disk-full/$host$mount
    if [ "$used" -ge "$limit" ]; then
        git-desk event trigger --key "$key" --priority p2 --group "disk-full$mount" --tag disk --field used_pct="$used" \
            --title "$mount at $used% on $host" < /dev/null
    else
        git-desk event resolve --key "$key" --note "back to $used%" < /dev/null
    fi || logger -t disk-check "git-desk event: exit $? for $key"
done
