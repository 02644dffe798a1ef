//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// benchRows is how many rows the benchmarks' case has: TRIAGE_BENCH_ROWS, else a number that ends soon.
func benchRows(b *testing.B) int {
	b.Helper()
	if text := os.Getenv("TRIAGE_BENCH_ROWS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 100_000
}

// corpus writes a generated Activities case of the given size.
func corpus(b *testing.B, rows int) (path string, size int64) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "activities.csv")
	generate := exec.Command("go", "run", "./testdata/generate", "-rows", strconv.Itoa(rows), "-seed", "1", "-output", path)
	generate.Dir = filepath.Join("..", "..")
	if out, err := generate.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return path, info.Size()
}

// BenchmarkAnalyze is the whole command on one worker: from the file to the text report. cpu-s/op is user and system
// time, the garbage collector's included.
func BenchmarkAnalyze(b *testing.B) {
	rows := benchRows(b)
	path, size := corpus(b, rows)
	b.SetBytes(size)
	b.ReportAllocs()
	before := cpuSeconds(b)
	for b.Loop() {
		var stderr bytes.Buffer
		args := []string{"triage", "analyze", path, "--workers", "1", "--quiet", "--as-of", "2026-11-21"}
		if code := run(b.Context(), args, strings.NewReader(""), io.Discard, &stderr, nil); code != 0 {
			b.Fatalf("exit %d: %s", code, stderr.String())
		}
	}
	spent := cpuSeconds(b) - before
	b.ReportMetric(spent/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(size)*float64(b.N)/1e6/spent, "MB/cpu-s")
	b.ReportMetric(float64(rows)*float64(b.N)/spent, "rows/cpu-s")
}
