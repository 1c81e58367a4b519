-- Which of an order's two parts have worked out: stock reserved, payment authorised.
CREATE TABLE order_progress (
  order_id uuid PRIMARY KEY,
  stock boolean NOT NULL,
  payment boolean NOT NULL
);
