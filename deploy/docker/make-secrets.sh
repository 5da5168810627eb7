#!/bin/sh
# Makes what docker-compose.yml expects in ./secrets, once. Keep master.key apart from every backup of the database.
set -eu
cd "$(dirname "$0")/../.."
umask 077
mkdir -p secrets
[ -e secrets/master.key ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > secrets/master.key
if [ ! -e secrets/postgres.password ]; then
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > secrets/postgres.password
  printf 'postgres://ims:%s@postgres:5432/ims' "$(cat secrets/postgres.password)" > secrets/database.url
fi
# Containers read them as users without rights; the folder keeps everybody else out.
chmod 444 secrets/*
