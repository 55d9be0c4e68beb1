#!/bin/sh
# What timers do on a machine with systemd, for a container: each command at its time, every one safe to run again.
set -u
cleaned=''
while :; do
    day=$(date +%F)
    python manage.py mail_mentions
    if [ "$(date +%u)" = 1 ]; then python manage.py weekly_mail; fi
    if [ "$cleaned" != "$day" ] && python manage.py apply_retention; then cleaned=$day; fi
    sleep "${TASKS_EVERY_SECONDS:-3600}"
done
