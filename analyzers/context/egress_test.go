package context

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Promise: an office's line is a way out that people share; a phone's network is none, however many of them come from there:
// whoever has its card is no colleague.
func TestPhonesNetworkIsNoWayOut(t *testing.T) {
	const office, phone = "91.10.20.30", "178.225.9.7"
	var lines []string
	for n := range 7 {
		as := strings.NewReplacer("owner@contoso.com", fmt.Sprintf("c%d@contoso.com", n))
		for day := range 12 {
			at := fmt.Sprintf("2026-03-%02dT", 1+day)
			lines = append(lines, as.Replace(act(at+"08:00:00", office, fmt.Sprint("s", n), windows)), as.Replace(act(at+"12:00:00", phone, fmt.Sprint("s", n), windows)))
		}
	}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, path)
	m := measureOf(t, c, 1)
	seen := map[string]bool{}
	for i := range c.Activities {
		ip := c.Text(c.Activities[i].IP)
		seen[ip] = true
		if at := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC).UnixMilli(); m.Shared(uint32(i), at) != (ip == office) {
			t.Fatalf("%s: shared is %v", ip, ip != office)
		}
	}
	if len(seen) != 2 {
		t.Error(seen)
	}
}
