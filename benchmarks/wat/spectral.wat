;; spectral: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result f64)))
  (func (;0;) (type 0) (param i64) (result f64)
    (local i32 i32 i32 i32 i32 i32 i64 i64 i64 i32 i32 i32 i32 i64 f64 i64 i64 f64 f64 f64)
    i32.const 0
    i32.const 0
    i32.load offset=1024
    local.tee 1
    i32.const 1049616
    local.get 1
    select
    local.tee 2
    local.get 0
    i32.wrap_i64
    local.tee 3
    i32.const 24
    i32.mul
    i32.const 15
    i32.add
    i32.const -16
    i32.and
    i32.add
    local.tee 1
    i32.store offset=1024
    block  ;; label = @1
      local.get 1
      i32.const 65535
      i32.add
      i32.const 16
      i32.shr_u
      local.tee 1
      memory.size
      local.tee 4
      i32.le_u
      br_if 0 (;@1;)
      local.get 1
      local.get 4
      i32.sub
      memory.grow
      drop
    end
    local.get 2
    local.get 3
    i32.const 3
    i32.shl
    local.tee 4
    i32.add
    local.set 5
    block  ;; label = @1
      local.get 0
      i64.const 1
      i64.lt_s
      local.tee 6
      br_if 0 (;@1;)
      local.get 0
      i64.const 7
      i64.and
      local.set 7
      i64.const 0
      local.set 8
      block  ;; label = @2
        local.get 0
        i64.const -1
        i64.add
        i64.const 7
        i64.lt_u
        br_if 0 (;@2;)
        local.get 2
        i32.const 32
        i32.add
        local.set 1
        local.get 0
        i64.const -8
        i64.and
        local.set 9
        i64.const 0
        local.set 8
        loop  ;; label = @3
          local.get 1
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const 24
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const 16
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const 8
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const -8
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const -16
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const -24
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const -32
          i32.add
          i64.const 4607182418800017408
          i64.store
          local.get 1
          i32.const 64
          i32.add
          local.set 1
          local.get 9
          local.get 8
          i64.const 8
          i64.add
          local.tee 8
          i64.ne
          br_if 0 (;@3;)
        end
      end
      local.get 7
      i64.eqz
      br_if 0 (;@1;)
      local.get 2
      local.get 8
      i32.wrap_i64
      i32.const 3
      i32.shl
      i32.add
      local.set 1
      loop  ;; label = @2
        local.get 1
        i64.const 4607182418800017408
        i64.store
        local.get 1
        i32.const 8
        i32.add
        local.set 1
        local.get 7
        i64.const -1
        i64.add
        local.tee 7
        i64.const 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 5
    local.get 4
    i32.add
    local.set 10
    local.get 2
    local.get 3
    i32.const 4
    i32.shl
    i32.add
    local.set 11
    i32.const 0
    local.set 12
    block  ;; label = @1
      block  ;; label = @2
        block  ;; label = @3
          loop  ;; label = @4
            block  ;; label = @5
              local.get 6
              br_if 0 (;@5;)
              local.get 5
              local.get 2
              local.get 12
              i32.const 1
              i32.and
              local.tee 13
              select
              local.set 4
              i64.const 0
              local.set 9
              loop  ;; label = @6
                local.get 9
                i64.const 1
                i64.add
                local.set 14
                f64.const 0x0p+0 (;=0;)
                local.set 15
                local.get 4
                local.set 1
                i64.const 0
                local.set 7
                loop  ;; label = @7
                  local.get 15
                  local.get 1
                  f64.load
                  f64.const 0x1p+0 (;=1;)
                  local.get 9
                  local.get 7
                  i64.add
                  local.tee 8
                  i64.const 1
                  i64.add
                  local.get 8
                  i64.mul
                  i64.const 1
                  i64.shr_u
                  local.get 14
                  i64.add
                  f64.convert_i64_s
                  f64.div
                  f64.mul
                  f64.add
                  local.set 15
                  local.get 1
                  i32.const 8
                  i32.add
                  local.set 1
                  local.get 0
                  local.get 7
                  i64.const 1
                  i64.add
                  local.tee 7
                  i64.ne
                  br_if 0 (;@7;)
                end
                local.get 10
                local.get 9
                i32.wrap_i64
                i32.const 3
                i32.shl
                i32.add
                local.get 15
                f64.store
                local.get 14
                local.set 9
                local.get 14
                local.get 0
                i64.ne
                br_if 0 (;@6;)
              end
              local.get 2
              local.get 5
              local.get 13
              select
              local.set 4
              i64.const 2
              local.set 14
              i64.const 0
              local.set 16
              i64.const 0
              local.set 17
              loop  ;; label = @6
                f64.const 0x0p+0 (;=0;)
                local.set 15
                local.get 16
                local.set 7
                local.get 14
                local.set 8
                local.get 11
                local.set 1
                i64.const 0
                local.set 9
                loop  ;; label = @7
                  local.get 15
                  local.get 1
                  f64.load
                  f64.const 0x1p+0 (;=1;)
                  local.get 7
                  i64.const 1
                  i64.shr_u
                  local.get 9
                  i64.add
                  i64.const 1
                  i64.add
                  f64.convert_i64_s
                  f64.div
                  f64.mul
                  f64.add
                  local.set 15
                  local.get 7
                  local.get 8
                  i64.add
                  local.set 7
                  local.get 8
                  i64.const 2
                  i64.add
                  local.set 8
                  local.get 1
                  i32.const 8
                  i32.add
                  local.set 1
                  local.get 0
                  local.get 9
                  i64.const 1
                  i64.add
                  local.tee 9
                  i64.ne
                  br_if 0 (;@7;)
                end
                local.get 4
                local.get 17
                i32.wrap_i64
                i32.const 3
                i32.shl
                i32.add
                local.get 15
                f64.store
                local.get 16
                local.get 14
                i64.add
                local.set 16
                local.get 14
                i64.const 2
                i64.add
                local.set 14
                local.get 17
                i64.const 1
                i64.add
                local.tee 17
                local.get 0
                i64.ne
                br_if 0 (;@6;)
              end
              local.get 12
              i32.const 1
              i32.add
              local.tee 12
              i32.const 20
              i32.ne
              br_if 1 (;@4;)
              local.get 0
              i64.const 1
              i64.lt_s
              br_if 2 (;@3;)
              local.get 0
              i64.const 1
              i64.and
              local.set 8
              local.get 0
              i64.const 1
              i64.ne
              br_if 3 (;@2;)
              f64.const 0x0p+0 (;=0;)
              local.set 18
              i32.const 0
              local.set 4
              f64.const 0x0p+0 (;=0;)
              local.set 19
              br 4 (;@1;)
            end
            local.get 12
            i32.const 1
            i32.add
            local.tee 12
            i32.const 20
            i32.ne
            br_if 0 (;@4;)
          end
        end
        f64.const nan (;=nan;)
        f64.sqrt
        return
      end
      local.get 3
      i32.const 3
      i32.shl
      local.set 11
      local.get 0
      i64.const -2
      i64.and
      local.set 7
      f64.const 0x0p+0 (;=0;)
      local.set 18
      i32.const 0
      local.set 4
      local.get 2
      local.set 1
      f64.const 0x0p+0 (;=0;)
      local.set 19
      loop  ;; label = @2
        local.get 18
        local.get 1
        local.get 11
        i32.add
        local.tee 10
        f64.load
        local.tee 15
        local.get 15
        f64.mul
        f64.add
        local.get 10
        i32.const 8
        i32.add
        f64.load
        local.tee 20
        local.get 20
        f64.mul
        f64.add
        local.set 18
        local.get 19
        local.get 1
        f64.load
        local.get 15
        f64.mul
        f64.add
        local.get 1
        i32.const 8
        i32.add
        f64.load
        local.get 20
        f64.mul
        f64.add
        local.set 19
        local.get 4
        i32.const 2
        i32.add
        local.set 4
        local.get 1
        i32.const 16
        i32.add
        local.set 1
        local.get 7
        i64.const -2
        i64.add
        local.tee 7
        i64.eqz
        i32.eqz
        br_if 0 (;@2;)
      end
    end
    block  ;; label = @1
      local.get 8
      i64.eqz
      br_if 0 (;@1;)
      local.get 19
      local.get 2
      local.get 4
      i32.const 3
      i32.shl
      local.tee 1
      i32.add
      f64.load
      local.get 5
      local.get 1
      i32.add
      f64.load
      local.tee 15
      f64.mul
      f64.add
      local.set 19
      local.get 18
      local.get 15
      local.get 15
      f64.mul
      f64.add
      local.set 18
    end
    local.get 19
    local.get 18
    f64.div
    f64.sqrt)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049616))
  (export "memory" (memory 0))
  (export "spectral" (func 0)))
