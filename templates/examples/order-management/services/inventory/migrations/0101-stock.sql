-- What lies in the warehouse and is not put aside for anybody.
CREATE TABLE stock (
  sku text PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0)
);

INSERT INTO stock (sku, available) VALUES ('tea', 100000), ('coffee', 100000), ('saffron', 0);
