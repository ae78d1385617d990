// Test support: asks ClickHouse by clickhouse-go over HTTP, as Grafana's data source does.
//
// Usage: profiler-test-clickhouse-go HOST:PORT DATABASE [PASSWORD]. Reads one JSON document a line, {"sql", "named"}, and
// answers each with one line: {"columns", "rows", "count"}, rows as text and at most three of them, or {"code", "error"}.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

const rowsShownMax = 3

type question struct {
	SQL   string            `json:"sql"`
	Named map[string]string `json:"named"`
}

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type answer struct {
	Columns []column   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"`
	Count   int        `json:"count"`
	Code    int32      `json:"code,omitempty"`
	Error   string     `json:"error,omitempty"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: profiler-test-clickhouse-go HOST:PORT DATABASE [PASSWORD]")
		os.Exit(2)
	}
	password := ""
	if len(os.Args) > 3 {
		password = os.Args[3]
	}
	db := clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{os.Args[1]},
		Auth:        clickhouse.Auth{Database: os.Args[2], Username: "default", Password: password},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionGZIP},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
		DialTimeout: 5 * time.Second,
		ReadTimeout: 30 * time.Second,
	})
	defer db.Close()
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		out.Encode(ask(db, asked))
	}
}

func ask(db *sql.DB, asked question) answer {
	if asked.SQL == "ping" {
		return failed(db.PingContext(context.Background()))
	}
	var named []any
	for name, value := range asked.Named {
		named = append(named, clickhouse.Named(name, value))
	}
	rows, err := db.Query(asked.SQL, named...)
	if err != nil {
		return failed(err)
	}
	defer rows.Close()
	var result answer
	types, err := rows.ColumnTypes()
	if err != nil {
		return failed(err)
	}
	for _, t := range types {
		result.Columns = append(result.Columns, column{t.Name(), t.DatabaseTypeName()})
	}
	for rows.Next() {
		values := make([]any, len(types))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return failed(err)
		}
		if result.Count++; result.Count > rowsShownMax {
			continue
		}
		var row []string
		for _, value := range values {
			row = append(row, fmt.Sprint(*value.(*any)))
		}
		result.Rows = append(result.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return failed(err)
	}
	return result
}

func failed(err error) answer {
	if err == nil {
		return answer{}
	}
	var exception *clickhouse.Exception
	if errors.As(err, &exception) {
		return answer{Code: exception.Code, Error: exception.Message}
	}
	return answer{Code: -1, Error: err.Error()}
}
