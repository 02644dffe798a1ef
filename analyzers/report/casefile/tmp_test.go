//go:build unix

package casefile_test

import (
	"os"
	"strings"
	"testing"

	"triage/analyzers/report/casefile"
)

func TestTmp(t *testing.T) {
	for name, r := range map[string]func() error{
		"many": func() error { f, _ := os.Create("/tmp/page/many.html"); defer f.Close(); return casefile.Write(f, many(t, 3000, "")) },
		"long": func() error { f, _ := os.Create("/tmp/page/long.html"); defer f.Close(); return casefile.Write(f, many(t, 300, strings.Repeat("<é\u202e", 2000))) },
	} {
		if err := r(); err != nil { t.Fatal(name, err) }
	}
}
