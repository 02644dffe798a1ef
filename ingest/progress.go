package ingest

import (
	"sync"
	"sync/atomic"
)

// Progress is how far reading has come.
type Progress struct {
	Path  string // the file read last
	Files int    // files and members of archives to read
	Done  int    // of them, how many are read to the end
	Bytes int64  // decoded so far, over all files
	Read  int64  // bytes of Total that are read
	Total int64  // bytes on the disk of all files
	Rows  int64
}

// meter reports progress, at most every 4 MiB and at the end of each file.
type meter struct {
	rows   atomic.Int64
	mu     sync.Mutex
	p      Progress
	told   int64
	report func(Progress)
}

func newMeter(sources []*source, report func(Progress)) *meter {
	m := &meter{report: report}
	m.p.Files = len(sources)
	seen := map[string]bool{}
	for _, s := range sources {
		if !seen[s.file] {
			seen[s.file] = true
			m.p.Total += s.size
		}
	}
	return m
}

// gauge is one source's part in the progress. It is used by the goroutine that reads the source.
type gauge struct {
	m             *meter
	src           *source
	decoded, read int64
}

// add tells that decoded more bytes have come, and how many bytes on the disk are read by now.
func (g *gauge) add(decoded, read int64) {
	g.m.add(g.src.path, decoded, read-g.read, 0)
	g.decoded, g.read = g.decoded+decoded, read
}

// undo takes back what was told of a source that is read again, and its rows.
func (g *gauge) undo(rows int64) {
	g.m.rows.Add(-rows)
	g.m.add(g.src.path, -g.decoded, -g.read, 0)
	g.decoded, g.read = 0, 0
}

// done tells that a source is read, or will not be: its bytes count as read then. Those of an archive's members are not
// known apart; they stay as they were counted.
func (g *gauge) done() {
	rest := int64(0)
	if g.src.member < 0 {
		rest = g.src.size - g.read
	}
	g.m.add(g.src.path, 0, rest, 1)
}

func (m *meter) add(path string, decoded, read int64, done int) {
	if m.report == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.p.Path, m.p.Rows = path, m.rows.Load()
	m.p.Bytes += decoded
	m.p.Read += read
	m.p.Done += done
	if done > 0 || m.p.Bytes-m.told >= 4<<20 {
		m.told = m.p.Bytes
		m.report(m.p)
	}
}

// tell reports the final figures.
func (m *meter) tell() {
	if m.report != nil {
		m.p.Rows = m.rows.Load()
		m.report(m.p)
	}
}
