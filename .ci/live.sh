# The README's run command with a put and a get, then one process per replica with a SIGKILL of the leader.

curl_() { curl -sS --max-time 5 "$@"; }

wait_for() { # wait_for SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

put_and_get() { # put_and_get PUT-PORT GET-PORT KEY VALUE
  curl_ -f -X PUT --data "$4" "http://127.0.0.1:$1/$3" >/dev/null && [ "$(curl_ -f "http://127.0.0.1:$2/$3")" = "$4" ]
}

live_up() {
  local run; run=$(readme 'dotnet run .* -- up')
  echo "----- $run"
  (cd "$PWD" && exec $run --data "$scratch/up") >"$scratch/up.log" 2>&1 &
  local pid=$!
  pids+=("$pid")
  wait_for 60 put_and_get 8080 8087 42 hello
  count "up: put to 1.1, get from 3.2" $?
  kill -INT "$pid" 2>/dev/null
  pkill -INT -P "$pid" 2>/dev/null
  wait_for 20 bash -c "! kill -0 $pid"
  count "up: ends on Ctrl-C" $?
  [ "$failed" -eq 0 ] || tail -20 "$scratch/up.log"
}

leader_of() { # leader_of PORT
  curl_ -f "http://127.0.0.1:$1/status" | grep -oE '"leader": *"[0-9]+\.[0-9]+"' | head -1 | grep -oE '[0-9]+\.[0-9]+'
}

live_kill_leader() {
  echo "----- three processes, SIGKILL of the leader"
  local paxi=src/Paxi.Node/bin/Release/net10.0/paxi.dll id leader port
  declare -A server=()
  for id in 1.1 1.2 1.3; do
    dotnet $paxi server --id $id --config hocon/three.hocon --data "$scratch/three" >"$scratch/$id.log" 2>&1 &
    server[$id]=$!
    pids+=("$!")
  done
  wait_for 60 put_and_get 8181 8183 before kept
  count "three servers: put and get" $?
  leader=$(leader_of 8181)
  kill -9 "${server[$leader]:-0}" 2>/dev/null
  count "the leader ($leader) is killed" $?
  port=8181; [ "$leader" = 1.1 ] && port=8182
  wait_for 10 put_and_get $port $port after "written without $leader"
  count "writes go on" $?
  [ "$(curl_ -f "http://127.0.0.1:$port/before")" = kept ]
  count "the acknowledged write is there" $?
  for id in "${!server[@]}"; do kill -9 "${server[$id]}" 2>/dev/null; done
}
