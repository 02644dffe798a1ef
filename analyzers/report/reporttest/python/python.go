// Package python lets somebody else's library read what we wrote, in tests.
package python

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Run runs a script of Python that needs modules, and returns what it prints. The test is skipped
// where there is no Python with the modules: TRIAGE_PYTHON names one, else python3 is looked for. .ci/run makes one that has
// all of them.
func Run(t *testing.T, script string, modules []string, args ...string) string {
	t.Helper()
	command := os.Getenv("TRIAGE_PYTHON")
	if command == "" {
		var err error
		if command, err = exec.LookPath("python3"); err != nil {
			t.Skip("no python3: a second reader is not there")
		}
	}
	for _, m := range modules {
		if err := exec.Command(command, "-c", "import "+m).Run(); err != nil {
			t.Skipf("%s has no module %s: a second reader is not there (TRIAGE_PYTHON names a Python that has it)", command, m)
		}
	}
	cmd := exec.Command(command, append([]string{"-c", script}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s%s", err, out, complaint.Bytes())
	}
	return string(out)
}

// File writes what a writer writes into a file of its own.
func File(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
