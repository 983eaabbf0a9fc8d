// Command pg runs a command with a PostgreSQL server of its own:
//
//	go run ./internal/testkit/pg go test ./...
//
// The server lives in a temporary folder, listens on a free port of the loopback address, flushes
// to the disk as a real one does, and ends with the command. The command finds its address in
// FOLKMOOT_DEV_POSTGRES; where that is set already, the server it names is used, and none started.
// As root, the server runs under an unprivileged user, since PostgreSQL refuses root.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const variable = "FOLKMOOT_DEV_POSTGRES"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "pg:", err)
	}
	os.Exit(code)
}

// run returns the exit code of the command.
func run(command []string) (code int, err error) {
	if len(command) == 0 {
		return 2, errors.New("say which command to run, such as pg go test")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	env := os.Environ()
	if os.Getenv(variable) == "" {
		s, err := start(ctx)
		if s != nil {
			defer func() {
				if serr := s.stop(); serr != nil && err == nil {
					code, err = 1, serr
				}
			}()
		}
		if err != nil {
			return 1, err
		}
		env = append(env, variable+"="+s.url())
	}
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env, c.Stdin, c.Stdout, c.Stderr = env, os.Stdin, os.Stdout, os.Stderr
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 30 * time.Second
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// server is a running PostgreSQL.
type server struct {
	bin, dir string
	port     int
	as       *syscall.Credential // nil: whoever runs this
}

func (s *server) url() string {
	return fmt.Sprintf("postgres://folkmoot@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// start makes a cluster and starts it. What it returns must be stopped, also with an error.
func start(ctx context.Context) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "folkmoot-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir, port: port, as: as}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return s, err
		}
	}
	err = s.exec(ctx, "initdb", "-D", s.data(), "-U", "folkmoot", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
	if err != nil {
		return s, err
	}
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400", port)
	return s, s.exec(ctx, "pg_ctl", "start", "-D", s.data(), "-w", "-l", filepath.Join(dir, "log"), "-o", options)
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// stop ends the server and removes its folder.
func (s *server) stop() error {
	var err error
	if _, serr := os.Stat(filepath.Join(s.data(), "postmaster.pid")); serr == nil {
		err = s.exec(context.Background(), "pg_ctl", "stop", "-D", s.data(), "-m", "immediate", "-w")
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// exec runs one of PostgreSQL's programs; what it prints becomes part of the error.
func (s *server) exec(ctx context.Context, name string, args ...string) error {
	c := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	// Its own group: an interrupt at the terminal is for the command, which may still need it.
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	out, err := os.CreateTemp("", "folkmoot-pg-out-") // a pipe would be kept open by the server
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		said, rerr := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", name, errors.Join(err, rerr), said)
	}
	return nil
}

// binaries returns the folder of the newest PostgreSQL here.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL in /usr/lib/postgresql or the PATH (Debian: apt-get install postgresql): %w", err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

// version reads the 15 of /usr/lib/postgresql/15/bin/initdb; 0 where there is none.
func version(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// unprivileged returns whom to run the server as, if this is root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if uerr != nil || gerr != nil {
			return nil, errors.Join(uerr, gerr)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// freePort returns a port that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
