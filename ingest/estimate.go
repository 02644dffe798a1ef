package ingest

import (
	"encoding/binary"
	"os"

	"triage/ingest/activity"
	"triage/ingest/record"
)

const (
	mostPerByte   = 1.5
	startMemory   = 70 << 20
	usualRatio    = 15       // by which logs are compressed
	worthSniffing = 16 << 20 // decoded bytes; a smaller source is taken for one of the audit log
	mostSniffed   = 32
)

// estimate is about how much memory sources will take. Only if that may be too much is it found out what the large ones
// are.
func estimate(sources []*source, formats []record.Format, enough func(bytes int64) bool) int64 {
	total := int64(0)
	for _, s := range sources {
		total += s.decoded()
	}
	if rough := startMemory + int64(mostPerByte*float64(total)); enough(rough) {
		return rough
	}
	need, sniffed := float64(startMemory), 0
	for _, s := range sources {
		kind := activity.SourceAudit
		if s.decoded() >= worthSniffing && sniffed < mostSniffed {
			sniffed++
			kind = s.sniff(formats)
		}
		need += kind.PerByte() * float64(s.decoded())
	}
	return int64(need)
}

// decoded is about how many bytes a source decodes to, as far as that shows before it is read.
func (s *source) decoded() int64 {
	switch {
	case s.archive != nil:
		return int64(min(s.archive.members[s.member].UncompressedSize64, uint64(s.free)+maxRatio*uint64(s.size)))
	case s.packed:
		return max(s.unpacked(), s.size)
	}
	return s.size
}

// unpacked is what a gzip file says of its size in its last four bytes, if that can be true of it; else a guess. Other
// compressed files are guessed at, too.
func (s *source) unpacked() int64 {
	file, err := os.Open(s.file)
	if err != nil {
		return s.size // reading will say so
	}
	defer file.Close()
	text := make([]byte, 4)
	if _, err := file.ReadAt(text[:2], 0); err == nil && isGzip(text[:2]) {
		if _, err := file.ReadAt(text, s.size-4); err == nil {
			if n := int64(binary.LittleEndian.Uint32(text)); n >= s.size && n/maxRatio <= s.size {
				return n
			}
		}
	}
	return usualRatio * s.size
}

// sniff is what kind of log a source is; the audit log if it cannot be told.
func (s *source) sniff(formats []record.Format) activity.Source {
	st, err := s.open(false)
	if err != nil {
		return activity.SourceAudit
	}
	defer st.close()
	k, err := st.recognise(formats)
	if err != nil {
		return activity.SourceAudit
	}
	return k.format.Source
}
