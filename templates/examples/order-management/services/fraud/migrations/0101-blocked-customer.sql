-- Customers whose payments are not taken.
CREATE TABLE blocked_customer (
  customer_id uuid PRIMARY KEY
);

-- One to try it with.
INSERT INTO blocked_customer (customer_id) VALUES ('bad00000-0000-4000-8000-000000000000');
