#!/bin/sh
# A backup every day, for a container. Where there are timers, portal-backup.timer does it.
set -u
while :; do
    if python manage.py backup; then sleep 86400; else sleep 600; fi
done
