//go:build unix

package main

import (
	"bytes"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// realExport is a real tenant's export that large ones are made of, as the generator finds it from the repository's top. It is
// no part of the repository.
var realExport = filepath.Join("..", "shared", "data", "summit", "summit_search_ual.csv")

// corpora are what the whole command is measured on, by the generator's flags. Real is the mix of operations of a real
// tenant's Unified Audit Log, mail has 70 % MailItemsAccessed of seven messages each.
func corpora() map[string][]string {
	return map[string][]string{
		"activities-csv":   nil,
		"audit-real-csv":   {"-kind", "audit", "-mix", "real", "-format", "csv"},
		"audit-real-jsonl": {"-kind", "audit", "-mix", "real", "-format", "jsonl"},
		"audit-mail-csv":   {"-kind", "audit", "-mix", "mail", "-format", "csv"},
		"audit-mail-jsonl": {"-kind", "audit", "-mix", "mail", "-format", "jsonl"},
		"replica-csv":      {"-replicate", realExport, "-format", "csv"},
		"replica-jsonl":    {"-replicate", realExport, "-format", "jsonl"},
	}
}

// corpus writes a generated case of the given size.
func corpus(b *testing.B, rows int, flags []string) (path string, size int64) {
	b.Helper()
	if slices.Contains(flags, realExport) {
		if _, err := os.Stat(filepath.Join("..", "..", realExport)); err != nil {
			b.Skip("no real export to make copies of:", err)
		}
	}
	path = filepath.Join(b.TempDir(), "case.txt")
	args := append([]string{"run", "./testdata/generate", "-rows", strconv.Itoa(rows), "-seed", "1", "-output", path}, flags...)
	generate := exec.Command("go", args...)
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

// BenchmarkAnalyze is the whole command on one worker, with the whole core pack: from the file to the text report.
// cpu-s/op is user and system time, the garbage collector's included. Figures: analyze_bench.txt.
func BenchmarkAnalyze(b *testing.B) {
	rows := benchRows(b)
	all := corpora()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.Run(name, func(b *testing.B) {
			path, size := corpus(b, rows, all[name])
			analyzeAgain(b, path, size, rows)
		})
	}
}

func analyzeAgain(b *testing.B, path string, size int64, rows int) {
	b.Helper()
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
