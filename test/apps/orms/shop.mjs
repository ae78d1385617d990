// Twenty orders with three lines each, for any SQL database.
const orders = Array.from({ length: 20 }, (_, at) => `(${at + 1}, 'customer ${at + 1}')`);
const lines = Array.from({ length: 60 }, (_, at) => `(${at + 1}, ${1 + (at % 20)}, 'product ${at + 1}')`);

export const SCHEMA = [
  'CREATE TABLE orders (id int PRIMARY KEY, customer varchar(40))',
  'CREATE TABLE order_lines (id int PRIMARY KEY, order_id int, product varchar(40))',
  `INSERT INTO orders VALUES ${orders}`,
  `INSERT INTO order_lines VALUES ${lines}`,
];
