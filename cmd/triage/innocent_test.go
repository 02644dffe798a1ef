package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/verdict"
)

// Promise: of fifty innocent owners over half a year (journeys, holidays, new phones and programs, company gateways,
// searches for bills) none is called high, not even where one look cannot tell them from an intruder.
//
//	go test ./cmd/triage -run TestInnocent -v
func TestInnocent(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads two hundred mailboxes")
	}
	for _, seed := range []int{1, 2} {
		for _, hard := range []bool{false, true} {
			t.Run(fmt.Sprintf("seed %d hard %v", seed, hard), func(t *testing.T) { innocents(t, seed, hard) })
		}
	}
}

func innocents(t *testing.T, seed int, hard bool) {
	folder := t.TempDir()
	generateInnocents(t, folder, seed, hard)
	r := analyzed(t, folder)
	bands := map[string]int{}
	people := 0
	for _, m := range r.Mailboxes {
		if !strings.HasPrefix(m.Mailbox, "user") {
			continue
		}
		people++
		bands[m.Band]++
		if bandRank(m.Band) >= bandRank("high") {
			t.Errorf("%s is %s (%.1f)", m.Mailbox, m.Band, m.Score)
			for _, f := range r.Findings {
				if f.Mailbox == m.Mailbox && f.Points > 10 {
					t.Logf("  %s %s %.1f: %s", f.ID, f.Rule, f.Points, f.Text)
				}
			}
		}
	}
	if people != 50 {
		t.Errorf("%d mailboxes judged, want 50", people)
	}
	var words []string
	for _, band := range verdict.Bands() {
		words = append(words, fmt.Sprintf("%s %d", band, bands[band]))
	}
	t.Logf("of 50 innocent mailboxes: %s", strings.Join(words, ", "))
}

// generateInnocents writes fifty innocent mailboxes of half a year.
func generateInnocents(t *testing.T, folder string, seed int, hard bool) {
	t.Helper()
	args := []string{"run", "./testdata/generate", "-innocent", "50", "-months", "6", "-seed", fmt.Sprint(seed), "-output", folder}
	if hard {
		args = append(args, "-hard")
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("go run ./testdata/generate: %v\n%s", err, out)
	}
}
