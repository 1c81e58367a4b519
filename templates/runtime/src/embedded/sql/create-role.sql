-- A role that can log in and nothing else: not create databases or roles, not read what other roles own.
-- (psql's own variables, so that it runs by hand too: psql -v role=orders -v password=… -f create-role.sql)
CREATE ROLE :"role" LOGIN PASSWORD :'password'
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
