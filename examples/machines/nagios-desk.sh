#!/bin/sh
# A notification command of Nagios, Naemon or Icinga, which hand over their macros in the environment
# (enable_environment_macros=1): a problem opens a ticket, an acknowledgement is noted on it, a recovery resolves it.
set -eu
service=${NAGIOS_SERVICEDESC:-HOST}
state=${NAGIOS_SERVICESTATE:-$NAGIOS_HOSTSTATE}
key=nagios/$NAGIOS_HOSTNAME/$service

case $state in
    CRITICAL | DOWN | UNREACHABLE) priority=p1 ;;
    WARNING) priority=p3 ;;
    *) priority=p2 ;;
esac

case $NAGIOS_NOTIFICATIONTYPE in
    PROBLEM | FLAPPINGSTART)
        printf '%s\n%s\n' "${NAGIOS_SERVICEOUTPUT:-${NAGIOS_HOSTOUTPUT:-}}" "${NAGIOS_LONGSERVICEOUTPUT:-}" |
            git-desk event trigger --key "$key" --priority "$priority" --asset "$NAGIOS_HOSTNAME" \
                --group "nagios/$service" --title "$NAGIOS_HOSTNAME/$service is $state" -F -
        ;;
    ACKNOWLEDGEMENT)
        git-desk event ack --key "$key" --by "${NAGIOS_NOTIFICATIONAUTHOR:-nagios}" \
            --note "${NAGIOS_NOTIFICATIONCOMMENT:-}"
        ;;
    RECOVERY | FLAPPINGSTOP) git-desk event resolve --key "$key" --note "$state" ;;
esac
