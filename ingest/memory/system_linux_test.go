package memory

import (
	"fmt"
	"testing"
	"testing/fstest"
)

// A process is bounded by its own control group and by all around it, of either version; what the others of a group have
// in memory is taken off.
func TestGroupLimits(t *testing.T) {
	f := func(want string, files map[string]string) {
		t.Helper()
		root := fstest.MapFS{}
		for name, text := range files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		got := ""
		for _, l := range groupLimits(root, 10) {
			got += fmt.Sprint(l.Bytes, " ")
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f("", nil)
	f("", map[string]string{"proc/self/cgroup": "0::/\n"})
	f("500 900 ", map[string]string{
		"proc/self/cgroup":                "0::/a/b\n",
		"sys/fs/cgroup/a/b/memory.max":    "500\n",
		"sys/fs/cgroup/a/memory.max":      "max\n",
		"sys/fs/cgroup/a/memory.high":     "1000\n",
		"sys/fs/cgroup/a/memory.stat":     "anon 110\nfile 7\n",
		"sys/fs/cgroup/a/b/c/memory.max":  "1\n",
		"sys/fs/cgroup/other/memory.max":  "1\n",
		"sys/fs/cgroup/a/b/memory.events": "max 3\n",
	})
	f("700 ", map[string]string{ // in a container the group's own path may not be there
		"proc/self/cgroup":                            "12:cpu:/x\n4:hugetlb,memory:/docker/1\n0::/\n",
		"sys/fs/cgroup/memory/memory.limit_in_bytes":  "700\n",
		"sys/fs/cgroup/cpu/x/memory.limit_in_bytes":   "1\n",
		"sys/fs/cgroup/memory/x/memory.max":           "1\n",
		"sys/fs/cgroup/memory/memory.kmem.limit_size": "1\n",
	})
	f("", map[string]string{ // what version 1 writes for no limit
		"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
	})
	f("0 ", map[string]string{ // others have all of it
		"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "50\n", "sys/fs/cgroup/memory.stat": "anon 100\n",
	})
}

// The figures of the process are there: without them no limit would ever be met.
func TestUse(t *testing.T) {
	now := use()
	if now[Resident] < 1<<20 || now[Data] < 1<<20 || now[Address] < now[Resident] {
		t.Errorf("resident %d, addresses %d, data %d", now[Resident], now[Address], now[Data])
	}
}
