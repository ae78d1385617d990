"""Orders with their lines, one query each: Flask and sqlite3 with OpenTelemetry's own SDK for Python."""

import os
import sqlite3

from flask import Flask, jsonify
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from werkzeug.serving import make_server

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
SQLite3Instrumentor().instrument()

connection = sqlite3.connect(os.environ["DATABASE"], check_same_thread=False)
connection.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY)")
connection.execute("CREATE TABLE IF NOT EXISTS lines (order_id INTEGER, product TEXT)")
connection.executemany("INSERT INTO orders VALUES (?)", [(n,) for n in range(1, 8)])
connection.commit()

app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


@app.get("/orders")
def orders():
    cursor = connection.cursor()
    ids = [row[0] for row in cursor.execute("SELECT id FROM orders").fetchall()]
    lines = {n: cursor.execute(f"SELECT product FROM lines WHERE order_id = {n}").fetchall() for n in ids}
    return jsonify(lines)


@app.get("/orders/<int:number>")
def order(number):
    cursor = connection.cursor()
    return jsonify(cursor.execute("SELECT id FROM orders WHERE id = ?", (number,)).fetchall())


server = make_server("127.0.0.1", 0, app)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
