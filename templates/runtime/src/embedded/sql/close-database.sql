-- PostgreSQL lets every role connect to every database, unless told otherwise. This is what keeps a service out of
-- its neighbour's tables; the owner keeps its rights without a grant.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
