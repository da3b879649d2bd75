package adapter

import "syscall"

// ownGroup puts a program into a process group of its own and ends it when this process dies, however that happens.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
