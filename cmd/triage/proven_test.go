package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: two places at once prove that an account was taken where the stranger's end is a line that people live behind; from a
// rented machine, which may run the owner's own VPN or mail program, it is likely only, and what the owner alone can say is said.
func TestProvenIsNotOfRentedMachines(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "cases", "wire-fraud", "activities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ net, want string }{
		{"105.112.4.", `"answer":"alice@contoso.com was taken.`},
		{"145.131.3.", `"answer":"alice@contoso.com was likely taken.`}, // hosting in the Netherlands
	} {
		path := filepath.Join(t.TempDir(), "activities.csv")
		if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("105.112.4."), []byte(c.net)), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, complaints bytes.Buffer
		if code := run(context.Background(), []string{"triage", "analyze", path, "--quiet", "--format", "json"}, nil, &out, &complaints, nil); code != 0 {
			t.Fatalf("exit code %d: %s", code, complaints.String())
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: not %s", c.net, c.want)
		}
	}
}
