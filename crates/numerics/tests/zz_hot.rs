#![allow(clippy::all, missing_docs, warnings)]
mod common;
use common::*; use numerics::*; use std::time::Instant;
#[test] fn hot(){ type T=f32; let n=312; let mut r=Normals::new(1);
  let w=to_row_major(narrow::<T>(r.matrix(n).map(|x|x*0.05).as_ref()).as_ref());
  let d=Mat::from_fn(n,n,|_,_|r.uniform());
  let mut g=vec![0.0;n*n];
  let mut ms: Vec<Mat<T>> = (0..24).map(|_| narrow(r.matrix(n).as_ref())).collect();
  let t=Instant::now(); for k in 0..120 { let (a,b)=ms.split_at_mut(8); faer::linalg::matmul::matmul(b[k%16].as_mut(),faer::Accum::Replace,a[k%8].as_ref(),a[(k*3+1)%8].as_ref(),1.0,faer::Par::Seq); }
  println!("cold product {:.3}", t.elapsed().as_secs_f64()*1e3/120.0);
  let t=Instant::now(); for k in 0..120 { let (a,b)=ms.split_at_mut(8); faer::linalg::matmul::matmul(b[k%16].as_mut(),faer::Accum::Add,a[k%8].as_ref().transpose(),a[(k*3+1)%8].as_ref(),1.0,faer::Par::Seq); }
  println!("cold product add T {:.3}", t.elapsed().as_secs_f64()*1e3/120.0);
  let mut p=Penalty::<T>::new(PenaltyKind::Communicability,&PenaltyTerms{lambda:0.3,lambda_emd:0.1,distance:Some(d.as_ref()),empirical:None}).unwrap();
  for _ in 0..4 { let t=Instant::now(); for _ in 0..50 { p.value_and_gradient_into(row_major(&w,n,n).unwrap(),row_major_mut(&mut g,n,n).unwrap()).unwrap(); }
  println!("WDC {:.3}", t.elapsed().as_secs_f64()*1e3/50.0); }
}
