-- The file with the password is the truth: a cluster that was restored or copied follows it.
ALTER ROLE :"role" LOGIN PASSWORD :'password';
