package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// rawZip is an archive of members as they are on the disk, whatever their headers claim.
func rawZip(t *testing.T, members ...func(z *zip.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, add := range members {
		add(z)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func member(t *testing.T, h zip.FileHeader, content []byte) func(*zip.Writer) {
	t.Helper()
	return func(z *zip.Writer) {
		h.CompressedSize64, h.UncompressedSize64 = uint64(len(content)), uint64(len(content))
		if h.CRC32 == 0 {
			h.CRC32 = crc32.ChecksumIEEE(content)
		}
		w, err := z.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
}

// Promise: where no member of an archive can be read, the error says why: of each kind of reason, and how many.
func TestWhyNoMember(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(3, 1))
	secret := member(t, zip.FileHeader{Name: "secret.csv", Flags: 1}, text)
	hidden := member(t, zip.FileHeader{Name: "hidden.csv", Flags: 1}, text)
	odd := member(t, zip.FileHeader{Name: "odd.csv", Method: 12}, text)
	new := member(t, zip.FileHeader{Name: "new.csv", Method: 77}, text)
	inner := member(t, zip.FileHeader{Name: "inner.zip"}, zipped(t, [2]string{"a.csv", string(text)}))
	f := func(want string, members ...func(*zip.Writer)) {
		t.Helper()
		path := filepath.Join(write(t, map[string][]byte{"a.zip": rawZip(t, members...)}), "a.zip")
		_, err := Open(context.Background(), []string{path}, Options{})
		if err == nil || err.Error() != path+": archive cannot be read: "+want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f("it has no members")
	f("no member can be read: encrypted: unpack it with its password first", secret)
	f("no member can be read: 2 × encrypted: unpack it with its password first", secret, hidden)
	f("no member can be read: compressed by a method that is not known: 12, bzip2", odd)
	f("no member can be read: compressed by a method that is not known: 77", new)
	f("no member can be read: an archive inside another", inner)
	f("no member can be read: an archive inside another; compressed by a method that is not known: 12, bzip2; compressed by a method that is not known: 77; and 1 more reasons",
		secret, odd, new, inner)

	// In a folder, or beside a member that can be read, it is no error of the whole, and said.
	both := rawZip(t, secret, member(t, zip.FileHeader{Name: "a.csv"}, text))
	for _, c := range []struct {
		files map[string][]byte
		want  string
	}{
		{map[string][]byte{"a.zip": both}, "secret.csv: encrypted"},
		{map[string][]byte{"a.zip": rawZip(t, secret), "a.csv": text}, "a.zip!secret.csv: encrypted"},
		{map[string][]byte{"a.zip": rawZip(t, odd), "a.csv": text}, "bzip2"},
	} {
		files := open(t, Options{}, write(t, c.files))
		var said []string
		for _, one := range files.Ignored {
			said = append(said, one.Path+": "+one.Reason)
		}
		if !strings.Contains(strings.Join(said, "\n"), c.want) || files.Case.Inputs[0].Activities != 3 {
			t.Errorf("want %q in %q", c.want, said)
		}
	}
}

// Promise: a compressed file with a wrong checksum is read to its end, and one that was cut or damaged inside up to there;
// either is said, and rows add up.
func TestDamagedCompression(t *testing.T) {
	for _, rows := range []int{3, 20_000} {
		text := outlooktest.CSV(outlooktest.Generate(rows, 1))
		whole := open(t, Options{AssumeMailbox: "a@contoso.com"}, filepath.Join(write(t, map[string][]byte{"a.csv": text}), "a.csv"))
		gz, zst := compressGzip(text), compressZstd(t, text)
		stored := rawZip(t, member(t, zip.FileHeader{Name: "a.csv", CRC32: 1}, text))
		badGzip := bytes.Clone(gz)
		binary.LittleEndian.PutUint32(badGzip[len(gz)-8:], 1)
		badZstd := bytes.Clone(zst)
		badZstd[len(zst)-1] ^= 1
		for name, data := range map[string][]byte{"a.gz": badGzip, "a.zst": badZstd, "a.zip": stored, "b.gz": compressGzip(badZstd)} {
			f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{name: data}), name))
			in := f.Case.Inputs[0]
			if in.Activities+in.Duplicates != int64(rows) || in.Skipped != 0 || in.Damaged != "the checksum of the compressed data does not match" || len(in.SHA256) != 64 {
				t.Errorf("%s, %d rows: %d activities, %d skipped, damaged %q, ended %q", name, rows, in.Activities, in.Skipped, in.Damaged, in.Ended)
			}
			if !strings.Contains(strings.Join(in.Notes, "\n"), "does not match") {
				t.Errorf("%s: notes %q", name, in.Notes)
			}
		}
		for name, data := range map[string][]byte{
			"cut.gz": gz[:len(gz)-9], "half.gz": gz[:len(gz)*2/3], "third.gz": gz[:len(gz)*3/5], "less.gz": gz[:len(gz)*4/7], "cut.zst": zst[:len(zst)-9], "flip.gz": flip(gz), "tail.gz": append(bytes.Clone(gz), "tail"...),
		} {
			path := filepath.Join(write(t, map[string][]byte{name: data}), name)
			f, err := Open(t.Context(), []string{path}, Options{AssumeMailbox: "a@contoso.com"})
			if err != nil {
				if rows > 3 {
					t.Errorf("%s, %d rows: %v", name, rows, err)
				}
				continue // one block, and all of it lost: an error of the path
			}
			in := f.Case.Inputs[0]
			if in.Ended == "" && in.Damaged == "" && in.Skipped == 0 || in.Rows != in.Activities+in.Duplicates+in.Skipped {
				t.Errorf("%s, %d rows: %d activities, %d skipped, ended %q: nothing is said", name, rows, in.Activities, in.Skipped, in.Ended)
			}
			if more := strangers(f, whole); name != "flip.gz" && more > 0 {
				t.Errorf("%s: %d activities that the whole file does not have", name, more)
			}
			if name != "flip.gz" && rows > 3 && in.Activities < 10_000 {
				t.Errorf("%s: %d activities before the end", name, in.Activities)
			}
		}
	}
}

// strangers counts the activities of a case that another does not have.
func strangers(f, whole *Files) int {
	known := map[activity.ID]bool{}
	for i := range whole.Case.Activities {
		known[whole.Case.Activities[i].ID] = true
	}
	n := 0
	for i := range f.Case.Activities {
		if !known[f.Case.Activities[i].ID] {
			n++
		}
	}
	return n
}

func flip(data []byte) []byte {
	out := bytes.Clone(data)
	out[len(out)/2] ^= 4
	return out
}

// Promise: an escape that JSON does not know costs no more than the character that it was to be, wherever it stands: in an
// audit record by itself, in one inside a table, in a sign-in; the report says how often.
func TestOddEscapes(t *testing.T) {
	const audit = `{"CreationTime":"2026-03-02T09:00:0%d","Id":"0000000%d-0000-4000-8000-000000000001","Operation":"New-InboxRule","RecordType":1,` +
		`"ResultStatus":"True","UserType":0,"Workload":"Exchange","UserId":"anna@contoso.com","ObjectId":"anna%s","Parameters":[{"Name":"Name","Value":"%[3]s"}]}`
	const signin = `{"id":"0000000%d-0000-4000-8000-000000000009","createdDateTime":"2026-03-02T08:00:00Z","userPrincipalName":"anna@contoso.com",` +
		`"userId":"00000000-0000-4000-8000-00000000000a","appId":"x","appDisplayName":"Out%slook","ipAddress":"198.51.100.7","status":{"errorCode":0}}`
	row := func(n int, odd string) string { return fmt.Sprintf(audit, n, n, odd) }
	table := "CreationDate,UserIds,Operations,AuditData\r\n"
	for n, odd := range []string{"", `\.`, `\q`, `\u12`} {
		table += `2026-03-02T09:00:00,anna@contoso.com,New-InboxRule,"` + strings.ReplaceAll(row(n, odd), `"`, `""`) + "\"\r\n"
	}
	for name, text := range map[string]string{
		"lines":  row(1, "") + "\n" + row(2, `\.`) + "\n" + row(3, `\q`) + "\n" + row(4, `\u12`) + "\n",
		"table":  table,
		"signin": fmt.Sprintf(signin, 1, "") + "\n" + fmt.Sprintf(signin, 2, `\-`) + "\n" + fmt.Sprintf(signin, 3, `\q`) + "\n" + fmt.Sprintf(signin, 4, `\u12`) + "\n",
	} {
		f := open(t, Options{}, write(t, map[string][]byte{name: []byte(text)}))
		c := f.Case
		if len(c.Activities) != 4 || len(c.Skips) > 0 {
			t.Errorf("%s: %d activities, skipped %v", name, len(c.Activities), c.Skips)
		}
		for i := range c.Activities {
			if c.Activities[i].Flags&(activity.Salvaged|activity.Lossy) != 0 {
				t.Errorf("%s: activity %d is called cut", name, i)
			}
		}
		if notes := strings.Join(c.Inputs[0].Notes, "\n"); !strings.Contains(notes, record.Mended+": 3") {
			t.Errorf("%s: the notes are %q", name, notes)
		}
	}
}
