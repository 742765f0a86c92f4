#!/bin/sh
# Starts Martlet as a FastCGI process (mod_fcgid keeps it for many requests). The three paths are yours to set; keep them outside of the folder
# that the web server shows.
exec "/home/account/martlet/martlet" worker \
    --config "/home/account/martlet/martlet.toml" --state "/home/account/martlet/state"
