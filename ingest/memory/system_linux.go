package memory

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// systemLimits are all that bound this process.
func systemLimits() []Limit {
	root := os.DirFS("/")
	limits := append(groupLimits(root, use()[Resident]), resourceLimits()...)
	if free := fieldAfter(root, "proc/meminfo", "MemAvailable:"); free > 0 {
		limits = append(limits, Limit{Resident, use()[Resident] + free<<10, machine})
	}
	return limits
}

func resourceLimits() []Limit {
	var limits []Limit
	for _, r := range []struct {
		resource int
		kind     Kind
		name     string
	}{{syscall.RLIMIT_AS, Address, "ulimit -v"}, {syscall.RLIMIT_DATA, Data, "ulimit -d"}} {
		var l syscall.Rlimit
		if syscall.Getrlimit(r.resource, &l) == nil && l.Cur < unlimited {
			limits = append(limits, Limit{r.kind, int64(l.Cur), r.name})
		}
	}
	return limits
}

// unlimited is less than what the system writes for no limit, and more than any.
const unlimited = math.MaxInt64 / 2

// groupLimits are those of the control groups, of either version, that the process is in. A group is bounded by those
// that it is in as well; in a container only the innermost may be visible, at the root. used is what this process has in
// memory: what others of the group have is taken off.
func groupLimits(root fs.FS, used int64) []Limit {
	var limits []Limit
	text, _ := fs.ReadFile(root, "proc/self/cgroup") // there may be none
	for line := range strings.Lines(string(text)) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		names, group, _ := strings.Cut(rest, ":")
		switch {
		case number == "0" && names == "":
			for _, mount := range []string{"sys/fs/cgroup", "sys/fs/cgroup/unified"} {
				limits = append(limits, groupsUp(root, mount, group, used, "anon", "memory.max", "memory.high")...)
			}
		case strings.Contains(","+names+",", ",memory,"):
			limits = append(limits, groupsUp(root, "sys/fs/cgroup/memory", group, used, "total_rss", "memory.limit_in_bytes")...)
		}
	}
	return limits
}

// groupsUp are the limits of a group and those around it.
func groupsUp(root fs.FS, mount, group string, used int64, resident string, files ...string) []Limit {
	var limits []Limit
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		dir := path.Join(mount, group)
		for _, name := range files {
			text, err := fs.ReadFile(root, path.Join(dir, name))
			bound, notNumber := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64) // "max" is none
			if err != nil || notNumber != nil || bound >= unlimited {
				continue
			}
			others := max(0, fieldAfter(root, path.Join(dir, "memory.stat"), resident)-used)
			limits = append(limits, Limit{Resident, max(0, bound-others), "the control group"})
		}
		if group == "/" {
			return limits
		}
	}
}

// fieldAfter is the number behind a word at the beginning of a line; 0 if there is none.
func fieldAfter(root fs.FS, name, word string) int64 {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == word {
			n, _ := strconv.ParseInt(words[1], 10, 64) // 0 is as good as none
			return n
		}
	}
	return 0
}

// use is what the process uses, by kind.
func use() [3]int64 {
	text, _ := os.ReadFile("/proc/self/statm") // without it Go's own figures must do
	words := strings.Fields(string(text))
	if len(words) < 6 {
		return goFigures()
	}
	pages := func(i int) int64 {
		n, _ := strconv.ParseInt(words[i], 10, 64) // the kernel writes numbers
		return n * int64(os.Getpagesize())
	}
	return [3]int64{Resident: pages(1), Address: pages(0), Data: pages(5)}
}
