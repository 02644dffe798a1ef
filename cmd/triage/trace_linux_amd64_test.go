package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// A traced run is the real command on the real file system. The kernel stops it at each system call, counts those that
// touch files of the case, in the order of the whole process, and the test says what becomes of each. This is what
// strace's fault injection does, but strace counts each thread's calls apart, and the Go runtime moves work from thread
// to thread.

// tracer runs one command.
type tracer struct {
	root   string // the case's folder
	cwd    string
	fates  func(call) fate
	calls  []call
	pid    int
	known  map[int]bool
	undone map[int]syscall.Errno // by thread: how its call ends
	memory *os.File
}

// trace runs a command to its end. It skips the test where tracing is not allowed.
func trace(t *testing.T, cmd *exec.Cmd, root string, fates func(call) fate) ([]call, syscall.WaitStatus) {
	t.Helper()
	tr := &tracer{root: root, cwd: cmd.Dir, fates: fates, known: map[int]bool{}, undone: map[int]syscall.Errno{}}
	var status syscall.WaitStatus
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the kernel takes a thread for the tracer, and this goroutine's end ends the thread
		status, err = tr.run(cmd)
	}()
	<-done
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		t.Skip("processes cannot be traced here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tr.calls, status
}

func (tr *tracer) run(cmd *exec.Cmd) (status syscall.WaitStatus, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	tr.pid = cmd.Process.Pid
	if _, err := tr.wait(tr.pid, &status); err != nil {
		return 0, err
	}
	if tr.memory, err = os.Open("/proc/" + strconv.Itoa(tr.pid) + "/mem"); err != nil {
		return 0, err
	}
	defer tr.memory.Close()
	const exitKill = 0x100000 // PTRACE_O_EXITKILL: none outlives the test
	if err := syscall.PtraceSetOptions(tr.pid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|exitKill); err != nil {
		return 0, err
	}
	for id, signal := tr.pid, 0; ; {
		// A thread that has just been killed is none that could go on.
		if err := syscall.PtraceSyscall(id, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return 0, err
		}
		if id, err = tr.wait(-1, &status); err != nil {
			return 0, err
		}
		for status.Exited() || status.Signaled() {
			if id == tr.pid { // told last of all threads
				return status, cmd.Process.Release()
			}
			if id, err = tr.wait(-1, &status); err != nil {
				return 0, err
			}
		}
		signal = 0
		switch stop := status.StopSignal(); {
		case stop == syscall.SIGTRAP|0x80:
			if err := tr.stopped(id); err != nil && !errors.Is(err, syscall.ESRCH) {
				return 0, err
			}
		case stop == syscall.SIGTRAP: // a thread was made
		case stop == syscall.SIGSTOP && !tr.known[id]: // a thread begins
		default:
			signal = int(stop)
		}
		tr.known[id] = true
	}
}

// wait waits for a stop of this thread's tracees only: other tests have processes of their own.
func (tr *tracer) wait(id int, status *syscall.WaitStatus) (int, error) {
	for {
		const noThread = 0x20000000 // __WNOTHREAD
		id, err := syscall.Wait4(id, status, syscall.WALL|noThread, nil)
		if !errors.Is(err, syscall.EINTR) {
			return id, err
		}
	}
}

// stopInfo is the kernel's struct ptrace_syscall_info.
type stopInfo struct {
	op     uint8 // 1: the call begins; 2: it ends
	_      [3]uint8
	_      uint32 // architecture
	_, _   uint64 // instruction and stack
	number uint64
	args   [6]uint64
}

// stopped handles the beginning or the end of a call.
func (tr *tracer) stopped(id int) error {
	var info stopInfo
	const getInfo = 0x420e // PTRACE_GET_SYSCALL_INFO
	_, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, getInfo, uintptr(id), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if e != 0 {
		return e
	}
	if info.op == 2 {
		return tr.ended(id)
	}
	c, ok := tr.about(id, info)
	if !ok {
		return nil
	}
	c.n = len(tr.calls) + 1
	tr.calls = append(tr.calls, c)
	f := tr.fates(c)
	if f.signal != 0 {
		return syscall.Kill(tr.pid, f.signal)
	}
	if f == (fate{}) {
		return nil
	}
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(id, &regs); err != nil {
		return err
	}
	if f.short > 0 {
		regs.Rdx = uint64(f.short)
	}
	if f.errno != 0 {
		tr.undone[id] = f.errno
		if c.name != "close" { // else the descriptor would stay open
			regs.Orig_rax = ^uint64(0) // no call at all
		}
	}
	return syscall.PtraceSetRegs(id, &regs)
}

func (tr *tracer) ended(id int) error {
	errno, ok := tr.undone[id]
	if !ok {
		return nil
	}
	delete(tr.undone, id)
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(id, &regs); err != nil {
		return err
	}
	regs.Rax = uint64(-int64(errno))
	return syscall.PtraceSetRegs(id, &regs)
}

// about says which file of the case a call touches.
func (tr *tracer) about(id int, info stopInfo) (c call, ok bool) {
	a := info.args
	var path string
	switch info.number {
	case syscall.SYS_READ, syscall.SYS_PREAD64, syscall.SYS_WRITE, syscall.SYS_PWRITE64:
		path, c.size = tr.file(id, a[0]), int(a[2])
	case syscall.SYS_GETDENTS64, syscall.SYS_CLOSE, syscall.SYS_FSYNC, syscall.SYS_FSTAT, syscall.SYS_LSEEK, syscall.SYS_FTRUNCATE, syscall.SYS_FCHMOD:
		path = tr.file(id, a[0])
	case sysCopyFileRange:
		if path = tr.file(id, a[0]); !tr.within(path) {
			path = tr.file(id, a[2])
		}
	case syscall.SYS_SENDFILE, syscall.SYS_SPLICE:
		if path = tr.file(id, a[0]); !tr.within(path) {
			path = tr.file(id, a[1])
		}
	case syscall.SYS_OPENAT, syscall.SYS_NEWFSTATAT, syscall.SYS_UNLINKAT, syscall.SYS_MKDIRAT, syscall.SYS_RENAMEAT, sysRenameat2,
		syscall.SYS_FCHMODAT, syscall.SYS_LINKAT, syscall.SYS_READLINKAT:
		path = tr.at(id, a[0], a[1])
	}
	if !tr.within(path) {
		return call{}, false
	}
	c.name = callNames()[info.number]
	c.path = strings.TrimPrefix(strings.TrimPrefix(path, tr.root), "/")
	if info.number == syscall.SYS_OPENAT && a[2]&syscall.O_CREAT != 0 {
		c.name = "creat"
	}
	return c, true
}

const (
	sysRenameat2     = 316
	sysCopyFileRange = 326
)

func callNames() map[uint64]string {
	return map[uint64]string{
		syscall.SYS_READ: "read", syscall.SYS_PREAD64: "pread", syscall.SYS_WRITE: "write", syscall.SYS_PWRITE64: "pwrite",
		syscall.SYS_GETDENTS64: "getdents", syscall.SYS_CLOSE: "close", syscall.SYS_FSYNC: "fsync", syscall.SYS_FSTAT: "fstat",
		syscall.SYS_LSEEK: "lseek", syscall.SYS_FTRUNCATE: "ftruncate", syscall.SYS_FCHMOD: "fchmod",
		sysCopyFileRange: "copy_file_range", syscall.SYS_SENDFILE: "sendfile", syscall.SYS_SPLICE: "splice",
		syscall.SYS_OPENAT: "open", syscall.SYS_NEWFSTATAT: "stat", syscall.SYS_UNLINKAT: "unlink", syscall.SYS_MKDIRAT: "mkdir",
		syscall.SYS_RENAMEAT: "rename", sysRenameat2: "rename", syscall.SYS_FCHMODAT: "chmod", syscall.SYS_LINKAT: "link",
		syscall.SYS_READLINKAT: "readlink",
	}
}

func (tr *tracer) within(path string) bool {
	return path == tr.root || strings.HasPrefix(path, tr.root+"/")
}

// file is the path of an open file.
func (tr *tracer) file(id int, descriptor uint64) string {
	path, err := os.Readlink("/proc/" + strconv.Itoa(id) + "/fd/" + strconv.Itoa(int(int32(descriptor))))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(path, " (deleted)")
}

// at is the path that a call names, relative to an open folder.
func (tr *tracer) at(id int, folder, address uint64) string {
	text := make([]byte, 4096)
	n, _ := tr.memory.ReadAt(text, int64(address)) // less where the next page is none
	name, _, ok := bytes.Cut(text[:n], []byte{0})
	switch {
	case !ok:
		return ""
	case filepath.IsAbs(string(name)):
		return filepath.Clean(string(name))
	case int32(folder) == -100: // AT_FDCWD
		return filepath.Join(tr.cwd, string(name))
	}
	return filepath.Join(tr.file(id, folder), string(name))
}
