-- What lies in the warehouse and is not put aside for anybody.
CREATE TABLE stock (
  sku text PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0)
);

-- 'text' is what the sample order of the README asks for.
INSERT INTO stock (sku, available) VALUES ('tea', 100000), ('coffee', 100000), ('saffron', 0), ('text', 100000);
