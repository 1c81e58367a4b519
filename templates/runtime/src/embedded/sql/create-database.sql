-- One database a service, owned by its role: its migrations need no other role's help.
CREATE DATABASE :"database" OWNER :"role" TEMPLATE template0;
