;; nbody: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result f64)))
  (func (;0;) (type 0) (param i64) (result f64)
    (local i32 i32 i32 i32 i32 i32 i64 f64 f64 f64 i32 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 i32 i32 i32 i32 f64 f64 f64 f64 i32 f64 f64 i32)
    global.get 0
    i32.const 288
    i32.sub
    local.tee 1
    global.set 0
    i32.const 0
    local.set 2
    local.get 1
    i32.const 48
    i32.add
    i32.const 0
    i64.load offset=1072
    i64.store
    local.get 1
    i32.const 40
    i32.add
    local.tee 3
    i32.const 0
    i64.load offset=1064
    i64.store
    local.get 1
    i32.const 32
    i32.add
    local.tee 4
    i32.const 0
    i64.load offset=1056
    i64.store
    local.get 1
    i32.const 24
    i32.add
    local.tee 5
    i32.const 0
    i64.load offset=1048
    i64.store
    local.get 1
    i32.const 16
    i32.add
    i32.const 0
    i64.load offset=1040
    i64.store
    local.get 1
    i32.const 64
    i32.add
    i32.const 0
    i64.load offset=1088
    i64.store
    local.get 1
    i32.const 72
    i32.add
    i32.const 0
    i64.load offset=1096
    i64.store
    local.get 1
    i32.const 80
    i32.add
    i32.const 0
    i64.load offset=1104
    i64.store
    local.get 1
    i32.const 88
    i32.add
    i32.const 0
    i64.load offset=1112
    i64.store
    local.get 1
    i32.const 96
    i32.add
    i32.const 0
    i64.load offset=1120
    i64.store
    local.get 1
    i32.const 104
    i32.add
    local.tee 6
    i32.const 0
    i64.load offset=1128
    i64.store
    local.get 1
    i32.const 0
    i64.load offset=1032
    i64.store offset=8
    local.get 1
    i32.const 0
    i64.load offset=1024
    i64.store
    local.get 1
    i32.const 0
    i64.load offset=1080
    i64.store offset=56
    local.get 1
    i32.const 160
    i32.add
    i32.const 0
    i64.load offset=1184
    i64.store
    local.get 1
    i32.const 152
    i32.add
    i32.const 0
    i64.load offset=1176
    i64.store
    local.get 1
    i32.const 144
    i32.add
    i32.const 0
    i64.load offset=1168
    i64.store
    local.get 1
    i32.const 136
    i32.add
    i32.const 0
    i64.load offset=1160
    i64.store
    local.get 1
    i32.const 128
    i32.add
    i32.const 0
    i64.load offset=1152
    i64.store
    local.get 1
    i32.const 120
    i32.add
    i32.const 0
    i64.load offset=1144
    i64.store
    local.get 1
    i32.const 176
    i32.add
    i32.const 0
    i64.load offset=1200
    i64.store
    local.get 1
    i32.const 184
    i32.add
    i32.const 0
    i64.load offset=1208
    i64.store
    local.get 1
    i32.const 192
    i32.add
    i32.const 0
    i64.load offset=1216
    i64.store
    local.get 1
    i32.const 200
    i32.add
    i32.const 0
    i64.load offset=1224
    i64.store
    local.get 1
    i32.const 208
    i32.add
    i32.const 0
    i64.load offset=1232
    i64.store
    local.get 1
    i32.const 216
    i32.add
    i32.const 0
    i64.load offset=1240
    i64.store
    local.get 1
    i32.const 0
    i64.load offset=1136
    i64.store offset=112
    local.get 1
    i32.const 0
    i64.load offset=1192
    i64.store offset=168
    local.get 5
    i64.const -4667585285551228710
    i64.store
    local.get 4
    i64.const -4653673150589924869
    i64.store
    local.get 3
    i64.const 4537685806907361905
    i64.store
    local.get 1
    i32.const 272
    i32.add
    i32.const 0
    i64.load offset=1296
    i64.store
    local.get 1
    i32.const 264
    i32.add
    i32.const 0
    i64.load offset=1288
    i64.store
    local.get 1
    i32.const 256
    i32.add
    i32.const 0
    i64.load offset=1280
    i64.store
    local.get 1
    i32.const 248
    i32.add
    i32.const 0
    i64.load offset=1272
    i64.store
    local.get 1
    i32.const 240
    i32.add
    i32.const 0
    i64.load offset=1264
    i64.store
    local.get 1
    i32.const 232
    i32.add
    i32.const 0
    i64.load offset=1256
    i64.store
    local.get 1
    i32.const 0
    i64.load offset=1248
    i64.store offset=224
    i64.const 0
    local.set 7
    block  ;; label = @1
      block  ;; label = @2
        local.get 0
        i64.const 0
        i64.gt_s
        br_if 0 (;@2;)
        f64.const -0x1.967e9a7e0f8dap-12 (;=-0.000387663;)
        local.set 8
        f64.const -0x1.ad4ecfe5089fbp-9 (;=-0.00327536;)
        local.set 9
        f64.const 0x1.919331f0b8a71p-16 (;=2.39357e-05;)
        local.set 10
        br 1 (;@1;)
      end
      local.get 1
      i32.const 104
      i32.add
      local.set 11
      f64.const 0x0p+0 (;=0;)
      local.set 12
      f64.const 0x1.35da0343cd92cp+2 (;=4.84143;)
      local.set 13
      f64.const -0x1.290abc01fdb7cp+0 (;=-1.16032;)
      local.set 14
      f64.const -0x1.a86f96c25ebfp-4 (;=-0.103622;)
      local.set 15
      f64.const 0x1.0afcdc332ca67p+3 (;=8.34337;)
      local.set 16
      f64.const 0x1.07fcb31de01bp+2 (;=4.1248;)
      local.set 17
      f64.const -0x1.9d353e1eb467cp-2 (;=-0.403523;)
      local.set 18
      f64.const 0x1.9c9eacea7d9cfp+3 (;=12.8944;)
      local.set 19
      f64.const -0x1.e38e8d626667ep+3 (;=-15.1112;)
      local.set 20
      f64.const -0x1.c9557be257dap-3 (;=-0.223308;)
      local.set 21
      f64.const 0x1.ec267a905572ap+3 (;=15.3797;)
      local.set 22
      f64.const -0x1.9eb5833c8a22p+4 (;=-25.9193;)
      local.set 23
      f64.const 0x1.6f1f393abe54p-3 (;=0.179259;)
      local.set 24
      f64.const 0x0p+0 (;=0;)
      local.set 25
      f64.const 0x0p+0 (;=0;)
      local.set 26
      loop  ;; label = @2
        i32.const 0
        local.set 27
        i32.const 4
        local.set 28
        local.get 11
        local.set 29
        loop  ;; label = @3
          local.get 27
          local.tee 3
          i32.const 1
          i32.add
          local.set 27
          block  ;; label = @4
            local.get 3
            i32.const 3
            i32.gt_u
            br_if 0 (;@4;)
            local.get 1
            local.get 3
            i32.const 56
            i32.mul
            i32.add
            local.tee 3
            i32.const 40
            i32.add
            local.set 4
            local.get 3
            i32.const 32
            i32.add
            local.set 5
            local.get 3
            i32.const 24
            i32.add
            local.set 30
            local.get 3
            f64.load offset=48
            local.set 31
            local.get 3
            f64.load offset=16
            local.set 32
            local.get 3
            f64.load offset=8
            local.set 33
            local.get 3
            f64.load
            local.set 34
            local.get 28
            local.set 35
            local.get 29
            local.set 3
            loop  ;; label = @5
              local.get 30
              local.get 30
              f64.load
              local.get 34
              local.get 3
              i32.const -48
              i32.add
              f64.load
              f64.sub
              local.tee 36
              local.get 3
              f64.load
              f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
              local.get 36
              local.get 36
              f64.mul
              local.get 33
              local.get 3
              i32.const -40
              i32.add
              f64.load
              f64.sub
              local.tee 8
              local.get 8
              f64.mul
              f64.add
              local.get 32
              local.get 3
              i32.const -32
              i32.add
              f64.load
              f64.sub
              local.tee 37
              local.get 37
              f64.mul
              f64.add
              local.tee 9
              local.get 9
              f64.sqrt
              f64.mul
              f64.div
              local.tee 10
              f64.mul
              local.tee 9
              f64.mul
              f64.sub
              f64.store
              local.get 5
              local.get 5
              f64.load
              local.get 8
              local.get 9
              f64.mul
              f64.sub
              f64.store
              local.get 4
              local.get 4
              f64.load
              local.get 37
              local.get 9
              f64.mul
              f64.sub
              f64.store
              local.get 3
              i32.const -24
              i32.add
              local.tee 38
              local.get 38
              f64.load
              local.get 36
              local.get 31
              local.get 10
              f64.mul
              local.tee 9
              f64.mul
              f64.add
              f64.store
              local.get 3
              i32.const -16
              i32.add
              local.tee 38
              local.get 8
              local.get 9
              f64.mul
              local.get 38
              f64.load
              f64.add
              f64.store
              local.get 3
              i32.const -8
              i32.add
              local.tee 38
              local.get 37
              local.get 9
              f64.mul
              local.get 38
              f64.load
              f64.add
              f64.store
              local.get 3
              i32.const 56
              i32.add
              local.set 3
              local.get 35
              i32.const -1
              i32.add
              local.tee 35
              br_if 0 (;@5;)
            end
          end
          local.get 28
          i32.const -1
          i32.add
          local.set 28
          local.get 29
          i32.const 56
          i32.add
          local.set 29
          local.get 27
          i32.const 5
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 1
        local.get 26
        local.get 1
        f64.load offset=24
        local.tee 8
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 26
        f64.store
        local.get 1
        local.get 25
        local.get 1
        f64.load offset=32
        local.tee 9
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 25
        f64.store offset=8
        local.get 1
        local.get 12
        local.get 1
        f64.load offset=40
        local.tee 10
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 12
        f64.store offset=16
        local.get 1
        local.get 13
        local.get 1
        f64.load offset=80
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 13
        f64.store offset=56
        local.get 1
        local.get 14
        local.get 1
        f64.load offset=88
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 14
        f64.store offset=64
        local.get 1
        local.get 15
        local.get 1
        f64.load offset=96
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 15
        f64.store offset=72
        local.get 1
        local.get 16
        local.get 1
        f64.load offset=136
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 16
        f64.store offset=112
        local.get 1
        local.get 17
        local.get 1
        f64.load offset=144
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 17
        f64.store offset=120
        local.get 1
        local.get 18
        local.get 1
        f64.load offset=152
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 18
        f64.store offset=128
        local.get 1
        local.get 19
        local.get 1
        f64.load offset=192
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 19
        f64.store offset=168
        local.get 1
        local.get 20
        local.get 1
        f64.load offset=200
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 20
        f64.store offset=176
        local.get 1
        local.get 21
        local.get 1
        f64.load offset=208
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 21
        f64.store offset=184
        local.get 1
        local.get 22
        local.get 1
        f64.load offset=248
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 22
        f64.store offset=224
        local.get 1
        local.get 23
        local.get 1
        f64.load offset=256
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 23
        f64.store offset=232
        local.get 1
        local.get 24
        local.get 1
        f64.load offset=264
        f64.const 0x1.47ae147ae147bp-7 (;=0.01;)
        f64.mul
        f64.add
        local.tee 24
        f64.store offset=240
        local.get 7
        i64.const 1
        i64.add
        local.tee 7
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    f64.const 0x0p+0 (;=0;)
    local.set 36
    i32.const 4
    local.set 30
    loop  ;; label = @1
      local.get 36
      local.get 1
      local.get 2
      i32.const 56
      i32.mul
      i32.add
      local.tee 3
      f64.load offset=48
      local.tee 37
      f64.const 0x1p-1 (;=0.5;)
      f64.mul
      local.get 8
      local.get 8
      f64.mul
      local.get 9
      local.get 9
      f64.mul
      f64.add
      local.get 10
      local.get 10
      f64.mul
      f64.add
      f64.mul
      f64.add
      local.set 36
      local.get 2
      i32.const 1
      i32.add
      local.set 5
      block  ;; label = @2
        local.get 2
        i32.const 3
        i32.gt_u
        br_if 0 (;@2;)
        local.get 3
        f64.load offset=16
        local.set 9
        local.get 3
        f64.load offset=8
        local.set 10
        local.get 3
        f64.load
        local.set 31
        local.get 30
        local.set 4
        local.get 6
        local.set 3
        loop  ;; label = @3
          local.get 36
          local.get 37
          local.get 3
          f64.load
          f64.mul
          local.get 31
          local.get 3
          i32.const -48
          i32.add
          f64.load
          f64.sub
          local.tee 8
          local.get 8
          f64.mul
          local.get 10
          local.get 3
          i32.const -40
          i32.add
          f64.load
          f64.sub
          local.tee 8
          local.get 8
          f64.mul
          f64.add
          local.get 9
          local.get 3
          i32.const -32
          i32.add
          f64.load
          f64.sub
          local.tee 8
          local.get 8
          f64.mul
          f64.add
          f64.sqrt
          f64.div
          f64.sub
          local.set 36
          local.get 3
          i32.const 56
          i32.add
          local.set 3
          local.get 4
          i32.const -1
          i32.add
          local.tee 4
          br_if 0 (;@3;)
        end
      end
      block  ;; label = @2
        local.get 5
        i32.const 5
        i32.eq
        br_if 0 (;@2;)
        local.get 30
        i32.const -1
        i32.add
        local.set 30
        local.get 6
        i32.const 56
        i32.add
        local.set 6
        local.get 1
        local.get 5
        i32.const 56
        i32.mul
        i32.add
        local.tee 3
        f64.load offset=24
        local.set 8
        local.get 3
        i32.const 40
        i32.add
        f64.load
        local.set 10
        local.get 3
        i32.const 32
        i32.add
        f64.load
        local.set 9
        local.get 5
        local.set 2
        br 1 (;@1;)
      end
    end
    local.get 1
    i32.const 288
    i32.add
    global.set 0
    local.get 36)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049888))
  (export "memory" (memory 0))
  (export "nbody" (func 0))
  (data (;0;) (i32.const 1024) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\deE\be\c9<\bdC@,\d9<4\a0]\13@|\db\1f\c0\ab\90\f2\bf\f0\eb%l\f9\86\ba\bf\bc\cc\93\9b\06g\e3?\9b\94}\f5\f2~\06@\15\07Z\9a\d7\d2\99\bf\d83\ab\d9\95L\a3?g\ca2\c3\cd\af @\b0\01\de1\cb\7f\10@|F\eb\e1S\d3\d9\bfOw\87\b8!,\f0\bf\13\8f\1f\bf\e95\fd?\b4#\11_H<\81?7\c6\07\0dI\1d\87?\cf\d9\a7\ce\ea\c9)@~f&\d6\e88.\c0\a0}%\beW\95\cc\bf\ef\1b\91\a9\1cS\f1?\c5\bbT>\7f\cc\eb?|>\f2\fak/\86\bf\b3\1e\f4\9c\d2=\5c?*W\05\a9g\c2.@ \a2\c83X\eb9\c0@\e5\ab\93\f3\f1\c6?J\bcY\16\b6T\ef?\a3\fb\c41\c6\07\e3?\f6evX\88\cb\a1\bf\ac\99\17S\f3\a8`?"))
