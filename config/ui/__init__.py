"""What pages share: tables and their exports, filters, forms, periods, charts, uploads and the JSON of the API."""
