# The README's run command with a put and a get, then one process for each replica with a SIGKILL of the leader.

paxi=src/Paxi.Node/bin/Release/net10.0/paxi.dll

curl_() { curl -sS --max-time 5 "$@"; }

start() { # start LOG COMMAND...: in a process group of its own, which gets Ctrl-C as a terminal would send it; its id is in $group
  local log=$1; shift
  set -m
  # Whoever started this script in the background may have let it ignore Ctrl-C, and what it starts inherits that.
  env --default-signal=INT "$@" >"$log" 2>&1 &
  group=$!
  set +m
  groups+=("$group")
}

wait_for() { # wait_for SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

put() { curl_ -f -X PUT --data "$3" "http://127.0.0.1:$1/$2" >/dev/null; } # put PORT KEY VALUE

gets() { [ "$(curl_ -f "http://127.0.0.1:$1/$2")" = "$3" ]; } # gets PORT KEY VALUE

put_and_get() { put "$1" "$3" "$4" && gets "$2" "$3" "$4"; } # put_and_get PUT-PORT GET-PORT KEY VALUE

ended() { ! kill -0 -- "-$1" 2>/dev/null; }

show_if_failed() { # show_if_failed FAILED-BEFORE LOG...
  [ "$failed" -eq "$1" ] && return
  shift
  tail -n 30 "$@"
}

live_up() {
  local run before=$failed
  run=$(readme 'dotnet run .* -- up')
  echo "----- $run"
  start "$scratch/up.log" $run --data "$scratch/up"
  local up=$group
  wait_for 60 put_and_get 8080 8087 42 hello
  count "up: a put to 1.1, a get from 3.2" $?
  [ "$(timeout 30 dotnet $paxi get 42)" = hello ]
  count "paxi get" $?
  timeout 30 dotnet $paxi owner 42
  count "paxi owner" $?
  timeout 30 dotnet $paxi consensus 42
  count "paxi consensus" $?
  timeout 30 dotnet $paxi status
  count "paxi status" $?
  kill -INT -- "-$up"
  wait_for 20 ended "$up"
  count "up: ends on Ctrl-C" $?
  show_if_failed "$before" "$scratch/up.log"
}

live_kill_leader() {
  echo "----- three processes, SIGKILL of the leader"
  local id leader other before=$failed
  declare -A server=() port=([1.1]=8181 [1.2]=8182 [1.3]=8183)
  for id in 1.1 1.2 1.3; do
    start "$scratch/$id.log" dotnet $paxi server --id $id --config hocon/three.hocon --data "$scratch/three"
    server[$id]=$group
  done
  wait_for 60 put_and_get 8181 8183 before kept
  count "three servers: a put and a get" $?
  leader=$(timeout 30 dotnet $paxi owner before --config hocon/three.hocon)
  [ -n "${server[${leader:-none}]:-}" ] && end "${server[$leader]}"
  ended "${server[${leader:-1.1}]}"
  count "the leader, ${leader:-unknown}, is killed" $?
  other=1.1; [ "$leader" = 1.1 ] && other=1.2
  wait_for 10 put_and_get "${port[$other]}" "${port[$other]}" after "written without $leader"
  count "writes go on" $?
  gets "${port[$other]}" before kept
  count "the acknowledged write is there" $?
  if [ -n "$leader" ]; then
    start "$scratch/$leader-again.log" dotnet $paxi server --id "$leader" --config hocon/three.hocon --data "$scratch/three"
    server[$leader]=$group
    wait_for 60 gets "${port[$leader]}" after "written without $leader"
    count "the killed one comes back and serves" $?
  fi
  for id in "${!server[@]}"; do end "${server[$id]}"; done
  show_if_failed "$before" "$scratch"/1.*.log
}
