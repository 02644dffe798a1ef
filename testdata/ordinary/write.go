package ordinary

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"triage/testdata/truth"
)

// Files are the names of what Write writes of a tenant's logs: audit.jsonl, signins.jsonl and trace.csv, or a CSV for each
// mailbox.
func (t *Tenant) Files() []string { return slices.Sorted(maps.Keys(t.files)) }

// index notes which records are in which file.
func (t *Tenant) index() {
	t.files = map[string][]int32{}
	for i := range t.Records {
		name := fileOf(&t.Records[i])
		t.files[name] = append(t.files[name], int32(i))
	}
}

func fileOf(r *Record) string {
	switch r.Log {
	case Audit:
		return "audit.jsonl"
	case SignIns:
		return "signins.jsonl"
	case Trace:
		return "trace.csv"
	default:
		return r.Mailbox + ".csv"
	}
}

// headers are the first lines of files that have one.
const (
	traceHeader      = `"MessageTraceId","Received","SenderAddress","RecipientAddress","Subject","Status","MessageId","FromIP","ToIP","Size"` + "\n"
	activitiesHeader = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"
)

func headerOf(file string) string {
	switch {
	case file == "trace.csv":
		return traceHeader
	case strings.HasSuffix(file, ".csv"):
		return activitiesHeader
	default:
		return ""
	}
}

// Write puts the logs of a tenant into a folder, each of Files a record a line, and beside them what is true, truth.jsonl.
func (t *Tenant) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range t.Files() {
		err := toFile(filepath.Join(dir, name), func(w io.Writer) error {
			if _, err := io.WriteString(w, headerOf(name)); err != nil {
				return err
			}
			for _, i := range t.files[name] {
				if _, err := w.Write(t.Records[i].Text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	text, err := truth.Text(t.Truths())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, truth.File), text, 0o644)
}

func toFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// Owners says, for each line of a file that Write writes, whose act it is: one more than the index of an intruder in Truth,
// 0 for nobody's.
func (t *Tenant) Owners(file string) (list []int) {
	if headerOf(file) != "" {
		list = append(list, 0)
	}
	for _, i := range t.files[file] {
		list = append(list, t.Records[i].Intruder)
	}
	return list
}

// Header is the first line of a file that Write writes, with its end; "" where it has none.
func (t *Tenant) Header(file string) string { return headerOf(file) }

// Of are the records of a file that Write writes, in their order.
func (t *Tenant) Of(file string) (list []*Record) {
	for _, i := range t.files[file] {
		list = append(list, &t.Records[i])
	}
	return list
}

// People are the addresses of the tenant's people, sorted.
func (t *Tenant) People() (list []string) {
	for address, who := range t.who {
		if who != "nobody's" {
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return list
}

// Who tells what is unusual about the person with an address; "" for an address that is no account.
func (t *Tenant) Who(address string) string { return t.who[address] }
