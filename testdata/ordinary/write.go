package ordinary

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Write puts the logs of a tenant into a folder: audit.jsonl and signins.jsonl, each a record a line, and beside them what is
// true, truth.json.
func (t *Tenant) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	err := errors.Join(
		toFile(filepath.Join(dir, "audit.jsonl"), func(w io.Writer) error { return t.lines(w, false) }),
		toFile(filepath.Join(dir, "signins.jsonl"), func(w io.Writer) error { return t.lines(w, true) }),
	)
	if err != nil {
		return err
	}
	return toFile(filepath.Join(dir, "truth.json"), t.truth)
}

func toFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}

func (t *Tenant) lines(w io.Writer, signIn bool) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for i := range t.Records {
		if r := &t.Records[i]; r.SignIn == signIn {
			if err := out.Encode(r.Data); err != nil {
				return err
			}
		}
	}
	return nil
}

// truth writes the intruders, each with the ids of his records.
func (t *Tenant) truth(w io.Writer) error {
	type told struct {
		Intruder
		Records []string
	}
	all := make([]told, len(t.Truth))
	for i := range t.Truth {
		all[i] = told{Intruder: t.Truth[i], Records: []string{}}
	}
	for i := range t.Records {
		if r := &t.Records[i]; r.Intruder > 0 && !r.SignIn {
			all[r.Intruder-1].Records = append(all[r.Intruder-1].Records, r.ID)
		}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(all)
}

// Owners says, for each line of a file that Write writes, whose act it is: one more than the index of an intruder in Truth,
// 0 for nobody's.
func (t *Tenant) Owners(file string) (list []int) {
	for i := range t.Records {
		if r := &t.Records[i]; r.SignIn == (file == "signins.jsonl") {
			list = append(list, r.Intruder)
		}
	}
	return list
}

// Who tells what is unusual about the person with an address.
func (t *Tenant) Who(address string) string { return t.who[address] }
