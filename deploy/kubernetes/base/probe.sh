# probe.sh live|ready: whether this pod's agent is well.
#
# The coordinator's API answers on one of the three pods that may have it, and which one changes: so
# it is asked where it is, and elsewhere it is enough that the agent listens. Whether an agent still
# works is the cluster's own failure detector's business: an agent that hangs is removed within
# seconds, and ends itself when it finds out.
set -u
check=$1

# listens PORT: reads the kernel's tables, so it costs no connection; tcp and udp have one form.
listens() {
  grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") " \
    /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null
}

listens 7600 || exit 1
listens 7680 || exit 0

# bash's own connection: the image needs no HTTP client. The kubelet limits the time.
exec 3<>"/dev/tcp/$POD_NAME.$SERVICE/7680" || exit 1
printf 'GET /health/%s HTTP/1.0\r\nHost: %s.%s\r\n\r\n' "$check" "$POD_NAME" "$SERVICE" >&3
IFS= read -r answer <&3 || exit 1
case $answer in
  'HTTP/1.'?' 200'*) exit 0 ;;
esac
exit 1
