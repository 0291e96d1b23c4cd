drop table app.products;
